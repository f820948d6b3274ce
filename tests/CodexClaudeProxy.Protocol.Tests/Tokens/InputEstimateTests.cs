using System.Text;
using CodexClaudeProxy.Protocol.Tokens;

namespace CodexClaudeProxy.Protocol.Tests.Tokens;

public sealed class InputEstimateTests
{
    private const string UserSaysHello = """{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello, world!"}]}""";

    private const string WeatherTool = """
        {"type":"function","name":"get_weather","description":"Get the weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}
        """;

    private const string WeatherTurn = """
        {"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]},
        {"type":"function_call","call_id":"A","name":"get_weather","arguments":"{\"city\":\"Paris\"}"},
        {"type":"function_call_output","call_id":"A","output":"18°C, sunny"}
        """;

    [Fact]
    public void P7_one_user_message() => Assert.Equal(11, Count(Request(UserSaysHello)));

    [Fact]
    public void P8_with_system() => Assert.Equal(21, Count(Request(UserSaysHello, instructions: "You are a helpful assistant.")));

    [Fact]
    public void P9_with_a_1024_by_1024_image() =>
        Assert.Equal(1236, Count(Request(Parts($$"""{"type":"input_image","image_url":"{{ImageFiles.DataUrl(ImageFiles.Png(1024, 1024))}}"}"""))));

    [Fact]
    public void At_least_it_counts_no_guess()
    {
        var image = Parts($$"""{"type":"input_image","image_url":"{{ImageFiles.DataUrl(ImageFiles.Png(1024, 1024))}}"},{"type":"input_image","image_url":"https://e.com/a.png"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"},{"type":"input_file","file_url":"https://e.com/a.pdf"}""");
        var reasoning = $$"""{"type":"reasoning","summary":[],"encrypted_content":"{{new string('a', 100_000)}}"}""";
        // Seven around one message, and one for each image.
        Assert.Equal(9, InputEstimate.CountAtLeast(Encoding.UTF8.GetBytes(Request(image + "," + reasoning))));
        Assert.Equal(11, InputEstimate.CountAtLeast(Encoding.UTF8.GetBytes(Request(UserSaysHello))));
    }

    [Fact]
    public void P10_one_tool_call_and_result() => Assert.Equal(85, Count(Request(WeatherTurn, tools: WeatherTool)));

    [Fact]
    public void The_lite_shape_counts_as_the_normal_one()
    {
        var normal = Request(WeatherTurn, instructions: "You are a helpful assistant.", tools: WeatherTool);
        var lite = $$"""
            {"model":"m","input":[{"type":"additional_tools","role":"developer","tools":[{{WeatherTool}}]},
            {"type":"message","role":"developer","content":[{"type":"input_text","text":"You are a helpful assistant."}]},{{WeatherTurn}}]}
            """;
        Assert.Equal(Count(normal), Count(lite));
    }

    [Fact]
    public void The_order_of_members_and_white_space_around_them_do_not_matter()
    {
        var turned = """
            { "tools": [ { "parameters": { "type": "object", "properties": { "city": { "type": "string" } }, "required": [ "city" ] },
                "strict": false, "description": "Get the weather", "name": "get_weather", "type": "function" } ],
              "input": [ { "content": [ { "text": "Hi", "type": "input_text" } ], "role": "user", "type": "message" },
                { "arguments": "{\"city\":\"Paris\"}", "name": "get_weather", "call_id": "A", "type": "function_call" },
                { "output": "18\u00b0C, sunny", "call_id": "A", "type": "function_call_output" } ] }
            """;
        Assert.Equal(85, Count(turned));
    }

    [Theory]
    [InlineData("""{"type":"web_search_call","status":"completed","action":{"type":"search","query":"a long query"}}""", 20)]
    [InlineData("""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello"},{"type":"output_text","text":"Hello"}]}""", 6)]
    [InlineData("""{"type":"message","role":"user","content":"Hello"}""", 5)]
    [InlineData("""{"type":"function_call_output","call_id":"A","output":[{"type":"input_text","text":"Hello"},{"type":"input_image","image_url":"https://x/y.png"}]}""", 1851)]
    [InlineData("""{"type":"custom_tool_call","call_id":"A","name":"Hello","input":"Hello"}""", 10)]
    [InlineData("""{"type":"reasoning","summary":[{"type":"summary_text","text":"Hello"}],"encrypted_content":"short"}""", 1)]
    [InlineData("""{"type":"reasoning","summary":[],"encrypted_content":null}""", 0)]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_file","filename":"a.pdf","file_url":"https://x/a.pdf"}]}""", 2004)]
    [InlineData("""{"type":"something_new","payload":{"text":"Hello"}}""", 4)]
    [InlineData("""{"type":"message","content":7}""", 4)]
    [InlineData("7", 0)]
    public void Every_item_has_its_price(string item, int tokens) => Assert.Equal(3 + tokens, Count(Request(item)));

    [Fact]
    public void Encrypted_reasoning_counts_by_its_length()
    {
        var content = new string('A', 10_000);
        Assert.Equal(3 + (7_500 - 650) / 4, Count(Request($$"""{"type":"reasoning","summary":[],"encrypted_content":"{{content}}"}""")));
    }

    [Fact]
    public void A_hosted_search_costs_what_its_hidden_definition_does() =>
        Assert.Equal(11 + 12 + 800, Count(Request(UserSaysHello, tools: """{"type":"web_search","search_context_size":"medium"}""")));

    [Fact]
    public void A_tool_of_another_kind_counts_as_it_stands()
    {
        var tool = """{"type":"custom","name":"apply_patch","format":{"type":"grammar"}}""";
        Assert.Equal(11 + 12 + 8 + O200k.Count(tool), Count(Request(UserSaysHello, tools: tool)));
    }

    [Fact]
    public void A_response_format_counts_its_schema()
    {
        const string Schema = """{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type": "object"}},"verbosity":"low"}""";
        const string None = """{"format":{"type":"text"}}""";
        Assert.Equal(11 + 20 + O200k.Count("""{"type":"object"}"""), Count($$"""{"input":[{{UserSaysHello}}],"text":{{Schema}}}"""));
        Assert.Equal(11, Count($$"""{"input":[{{UserSaysHello}}],"text":{{None}}}"""));
    }

    [Theory]
    [InlineData("%PDF-1.4 no pages in the clear", 1)]
    [InlineData("<</Type /Page>> <</Type/Page/Parent 1>> <</Type /Pages>> <</Type\n/Page>>", 3)]
    [InlineData("/Type /Page", 1)]
    public void A_pdf_costs_2000_tokens_a_page(string pdf, int pages)
    {
        var data = Convert.ToBase64String(Encoding.ASCII.GetBytes(pdf));
        var part = $$"""{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,{{data}}"}""";
        Assert.Equal(3 + 4 + 2000 * pages, Count(Request(Parts(part))));
    }

    [Fact]
    public void Pages_are_found_wherever_the_decoding_was_interrupted()
    {
        for (var lead = 32 * 1024 - 30; lead < 32 * 1024 + 30; lead++)
        {
            var pdf = new string('x', lead) + "/Type /Page " + new string('y', 40_000) + "/Type /Pages /Type /Page";
            var data = Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(pdf)));
            Assert.Equal(2, PdfPages.Count(data));
        }
    }

    [Fact]
    public void What_is_remembered_is_what_was_counted()
    {
        var body = Request(Parts(string.Join(',', Enumerable.Range(0, 40).Select(TextPart))), instructions: new string('é', 300), tools: WeatherTool);
        var expected = Count(body);
        var remembered = new TextCounts();
        for (var i = 0; i < 3; i++) Assert.Equal(expected, Count(body, remembered));
    }

    [Fact]
    public void The_same_bytes_counted_in_different_ways_are_remembered_apart()
    {
        var tool = $$"""{"type":"custom","name":"{{new string('n', 300)}}"}""";
        var escaped = tool.Replace("\"", "\\\"", StringComparison.Ordinal);
        var remembered = new TextCounts();
        var asTool = Request(UserSaysHello, tools: tool);
        var asText = Request(Parts($$"""{"type":"input_text","text":"{{escaped}}"}"""));
        Assert.Equal((Count(asTool), Count(asText)), (Count(asTool, remembered), Count(asText, remembered)));
    }

    [Fact]
    public void Texts_that_differ_in_one_byte_are_not_mistaken_for_each_other()
    {
        var text = Encoding.ASCII.GetBytes(new string('a', 515));
        var keys = new HashSet<ulong> { TextCounts.Key(text, 0) };
        for (var i = 0; i < text.Length; i++)
        {
            text[i]++;
            Assert.True(keys.Add(TextCounts.Key(text, 0)));
            text[i]--;
        }

        for (var length = 1; length < text.Length; length++) Assert.True(keys.Add(TextCounts.Key(text.AsSpan(0, length), 0)));
    }

    [Fact]
    public void Counting_a_remembered_request_allocates_nothing()
    {
        var body = Encoding.UTF8.GetBytes(Request(WeatherTurn + "," + Parts(string.Join(',', Enumerable.Range(0, 40).Select(TextPart))), tools: WeatherTool.Replace("Get the", new string('x', 300), StringComparison.Ordinal)));
        var remembered = new TextCounts();
        long allocated = 0;
        for (var call = 0; call < 2; call++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            InputEstimate.Count(body, 1.2, remembered);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static string TextPart(int number) =>
        $$"""{"type":"input_text","text":"{{string.Concat(Enumerable.Repeat($"Line {number}\\n", 100 + number))}}"}""";

    private static string Parts(string parts) => $$"""{"type":"message","role":"user","content":[{{parts}}]}""";

    private static string Request(string items, string instructions = "", string tools = "") =>
        $$"""{"model":"m","instructions":"{{instructions}}","input":[{{items}}],"tools":[{{tools}}],"tool_choice":"auto","stream":true}""";

    private static int Count(string body, TextCounts? remembered = null) => InputEstimate.Count(Encoding.UTF8.GetBytes(body), 1.2, remembered);
}
