using System.Text.Json;

namespace CodexClaudeProxy.Tests.Demo;

public sealed class DemoTests
{
    private const string CodingTools = """
        ,"system":"You help with code.\nPrimary working directory: /home/me/project\n","tools":[
          {"name":"Bash","input_schema":{"type":"object","properties":{"command":{"type":"string"},"description":{"type":"string"}},"required":["command"]}},
          {"name":"Read","input_schema":{"type":"object","properties":{"file_path":{"type":"string"}},"required":["file_path"]}}]
        """;

    [Fact]
    public async Task An_answer_says_that_it_is_simulated()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();

        JsonElement message = await demo.AskAsync("""[{"role":"user","content":"Good morning"}]""");

        string text = TextOf(message);
        Assert.Contains("simulated", text, StringComparison.Ordinal);
        Assert.Contains("Good morning", text, StringComparison.Ordinal);
        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        Assert.Empty(demo.BrokenRules);
    }

    [Fact]
    public async Task A_stream_thinks_first_and_then_writes_word_by_word()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();

        using HttpResponseMessage response = await demo.PostAsync(
            """{"model":"claude-opus-5-5","max_tokens":4000,"stream":true,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"Hello"}]}""");
        string stream = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        int thinking = stream.IndexOf("thinking_delta", StringComparison.Ordinal);
        int signature = stream.IndexOf("signature_delta", StringComparison.Ordinal);
        int text = stream.IndexOf("text_delta", StringComparison.Ordinal);
        Assert.True(thinking > 0 && thinking < signature && signature < text, stream);
        Assert.True(stream.Split("text_delta").Length > 30, stream);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", stream, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_windows_fill_with_every_turn()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();

        double first = await UtilizationAsync(demo);
        double second = await UtilizationAsync(demo);

        Assert.True(second > first, $"{first} → {second}");
    }

    [Theory]
    [InlineData("Which files are here?", "Bash", "command", "ls -la")]
    [InlineData("Please run `git status`", "Bash", "command", "git status")]
    [InlineData("Read README.md and tell me about it", "Read", "file_path", "/home/me/project/README.md")]
    [InlineData("Show me /etc/hosts.conf", "Read", "file_path", "/etc/hosts.conf")]
    public async Task A_wish_becomes_a_call_of_the_clients_tool(string wish, string tool, string argument, string value)
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();

        JsonElement call = CallOf(await demo.AskAsync($$"""[{"role":"user","content":"{{wish}}"}]""", CodingTools));

        Assert.Equal(tool, call.GetProperty("name").GetString());
        Assert.Equal(value, call.GetProperty("input").GetProperty(argument).GetString());
        Assert.Empty(demo.BrokenRules);
    }

    [Fact]
    public async Task A_tool_loop_ends_with_words_about_the_result()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();
        const string Thinking = ""","thinking":{"type":"adaptive"}""";
        JsonElement asked = await demo.AskAsync("""[{"role":"user","content":"List the files"}]""", CodingTools + Thinking);

        JsonElement told = await demo.AskAsync($$"""
            [{"role":"user","content":"List the files"},
             {"role":"assistant","content":{{asked.GetProperty("content").GetRawText()}}},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"{{CallOf(asked).GetProperty("id").GetString()}}","content":"one.txt\ntwo.txt"}]}]
            """, CodingTools + Thinking);

        Assert.Equal("tool_use", asked.GetProperty("stop_reason").GetString());
        Assert.Contains("`Bash` returned 2 lines", TextOf(told), StringComparison.Ordinal);
        Assert.Contains("two.txt", TextOf(told), StringComparison.Ordinal);
        Assert.Contains(demo.Upstream[1].Input, item => item.TryGetProperty("encrypted_content", out _));
        Assert.Empty(demo.BrokenRules);
    }

    [Fact]
    public async Task Cached_tokens_grow_with_the_conversation()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();
        string system = $",\"system\":\"{string.Join(' ', Enumerable.Repeat("A long instruction.", 200))}\"";
        List<long> cached = [];
        string messages = """{"role":"user","content":"Hello"}""";
        for (int turn = 0; turn < 3; turn++)
        {
            JsonElement message = await demo.AskAsync($"[{messages}]", system);
            cached.Add(message.GetProperty("usage").GetProperty("cache_read_input_tokens").GetInt64());
            messages += $$""",{"role":"assistant","content":{{message.GetProperty("content").GetRawText()}}},{"role":"user","content":"And then?"}""";
        }

        Assert.Equal(0, cached[0]);
        Assert.True(cached[1] > 500 && cached[2] > cached[1], string.Join(", ", cached));
    }

    [Fact]
    public async Task A_limit_that_is_asked_for_moves_the_request_to_the_other_account()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();
        string before = TextOf(await demo.AskAsync("""[{"role":"user","content":"Hello"}]"""));

        string after = TextOf(await demo.AskAsync("""[{"role":"user","content":"simulate a limit"}]"""));

        Assert.Contains("pro@simulated.example", before, StringComparison.Ordinal);
        Assert.Contains("plus@simulated.example", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shape_that_is_laid_down_is_kept()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();

        JsonElement message = await demo.AskAsync("""[{"role":"user","content":"Name this"}]""", """
            ,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"title":{"type":"string"},"kind":{"enum":["a","b"]}},"required":["title","kind"],"additionalProperties":false}}}
            """);

        JsonElement answer = JsonElement.Parse(TextOf(message));
        Assert.Equal("Simulated title", answer.GetProperty("title").GetString());
        Assert.Equal("a", answer.GetProperty("kind").GetString());
        Assert.Empty(demo.BrokenRules);
    }

    [Fact]
    public async Task A_tool_the_client_insists_on_is_called_with_arguments_of_its_schema()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();

        JsonElement call = CallOf(await demo.AskAsync("""[{"role":"user","content":"How warm is it?"}]""", """
            ,"tool_choice":{"type":"tool","name":"get_weather"},"tools":[{"name":"get_weather","input_schema":
              {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":2},"unit":{"type":"string"}},"required":["city","days"]}}]
            """));

        Assert.Equal("get_weather", call.GetProperty("name").GetString());
        Assert.Equal("""{"city":"Simulated city","days":2}""", call.GetProperty("input").GetRawText());
        Assert.Empty(demo.BrokenRules);
    }

    [Theory]
    [InlineData("Perform a web search for the query: swallows", "tool")]
    [InlineData("What is the latest news about swallows?", "auto")]
    public async Task A_search_finds_a_simulated_page(string wish, string choice)
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();
        string named = choice == "tool" ? ",\"name\":\"web_search\"" : "";

        JsonElement message = await demo.AskAsync($$"""[{"role":"user","content":"{{wish}}"}]""", $$"""
            ,"tool_choice":{"type":"{{choice}}"{{named}}},"tools":[{"type":"web_search_20250305","name":"web_search"}]
            """);

        string text = message.GetProperty("content").GetRawText();
        Assert.Contains("web_search_tool_result", text, StringComparison.Ordinal);
        Assert.Contains("https://simulated.example/", text, StringComparison.Ordinal);
        Assert.Contains("simulated** search", text, StringComparison.Ordinal);
        Assert.Empty(demo.BrokenRules);
    }

    [Fact]
    public async Task Both_accounts_and_the_models_are_there_and_say_what_they_are()
    {
        await using DemoProxy demo = await DemoProxy.StartAsync();

        string accounts = await File.ReadAllTextAsync(Path.Combine(demo.DataDirectory, "accounts.json"), TestContext.Current.CancellationToken);
        JsonElement[] all = [.. JsonElement.Parse(accounts).GetProperty("accounts").EnumerateArray()];
        string models = await demo.GetAsync("/v1/models", ("anthropic-version", "2023-06-01"));

        Assert.Equal(["pro", "plus"], all.Select(account => account.GetProperty("planType").GetString()));
        Assert.All(all, account => Assert.EndsWith("@simulated.example", account.GetProperty("email").GetString(), StringComparison.Ordinal));
        Assert.Equal([11.5, 63], all.Select(account => account.GetProperty("quota").GetProperty("usage").GetProperty("percentage").GetDouble()));
        Assert.Contains("simulated", models, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<double> UtilizationAsync(DemoProxy demo)
    {
        using HttpResponseMessage response = await demo.PostAsync("""{"model":"gpt-5.5","max_tokens":4000,"messages":[{"role":"user","content":"Hello"}]}""");
        string header = response.Headers.GetValues("anthropic-ratelimit-unified-5h-utilization").Single();
        return double.Parse(header, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string TextOf(JsonElement message) => BlockOf(message, "text").GetProperty("text").GetString()!;

    private static JsonElement CallOf(JsonElement message) => BlockOf(message, "tool_use");

    private static JsonElement BlockOf(JsonElement message, string type) =>
        message.GetProperty("content").EnumerateArray().Single(block => block.GetProperty("type").GetString() == type);
}
