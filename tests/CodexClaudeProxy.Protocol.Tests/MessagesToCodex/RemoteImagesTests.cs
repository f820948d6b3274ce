using System.Text.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Tests.ChatCompletions;
using CodexClaudeProxy.Protocol.Tests.Responses;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>Images that are given by address and shall travel inside the request: which are wanted, and what is made of those that are there.</summary>
public sealed class RemoteImagesTests
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1];

    private static readonly ConversionOptions Fetching = Converted.Options with
    {
        ImageUrls = ImageUrlRoute.Fetch,
        FetchedImage = static url => url.EndsWith(".png", StringComparison.Ordinal) ? Png : url.EndsWith(".jpg", StringComparison.Ordinal) ? Jpeg : url.EndsWith(".html", StringComparison.Ordinal) ? "<html>"u8.ToArray() : default,
    };

    [Theory]
    [InlineData("https://e.com/a.png", """{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}""")]
    [InlineData("HTTP://e.com/a.jpg", """{"type":"input_image","image_url":"data:image/jpeg;base64,/9j/4AE="}""")]
    [InlineData("https://e.com/a.html", """{"type":"input_text","text":"[image: https://e.com/a.html]"}""")]
    [InlineData("https://e.com/none", """{"type":"input_text","text":"[image: https://e.com/none]"}""")]
    [InlineData("file:///a.png", """{"type":"input_text","text":"[image: file:///a.png]"}""")]
    [InlineData("data:image/png;base64,iVBORw0KGgo=", """{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}""")]
    public void What_was_fetched_travels_inside(string url, string part)
    {
        var block = Image(url);
        foreach (var profile in new[] { Converted.Profile, Converted.Profile with { Lite = true } })
        {
            var ofUser = Converted.OfUser(block, profile, Fetching);
            Assert.Equal(profile.Lite, ofUser.Context!.Lite);
            ofUser.Is("/input/0/content/0", part);
            var output = Converted.OfResult($"[{block}]", profile: profile, options: Fetching).At("/input/1/output");
            // An output of nothing but text is a string.
            Converted.Same(JsonElement.Parse(part), output.ValueKind == JsonValueKind.Array ? output[0] : JsonElement.Parse($$"""{"type":"input_text","text":{{output.GetRawText()}}}"""));
        }
    }

    [Fact]
    public void The_conversion_says_which_images_it_wants_each_once_and_in_their_order()
    {
        var converted = Converted.Of($$$"""
            {"messages":[{"role":"user","content":[{{{Image("https://e.com/1")}}},{{{Image("https://e.com/2")}}},{{{Image("data:image/png;base64,iVBORw0KGgo=")}}},{{{Image("file:///3")}}}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}},{{{Image("https://e.com/no")}}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"A","content":[{{{Image("https://e.com/3")}}},{{{Image("https://e.com/1")}}}]},
             {"type":"document","source":{"type":"content","content":[{{{Image("https://e.com/4")}}}]}},{"type":"tool_result","tool_use_id":"lost","content":[{{{Image("https://e.com/5")}}}]}]}]}
            """, options: Fetching);
        Assert.Equal(["https://e.com/1", "https://e.com/2", "https://e.com/3", "https://e.com/4", "https://e.com/5"], converted.Context!.RemoteImages);
    }

    [Theory]
    [InlineData(ImageUrlRoute.Pass)]
    [InlineData(ImageUrlRoute.Text)]
    public void Otherwise_none_is_wanted(ImageUrlRoute route) =>
        Assert.Empty(Converted.OfUser(Image("https://e.com/a.png"), options: Fetching with { ImageUrls = route }).Context!.RemoteImages);

    [Fact]
    public void A_model_without_images_wants_none()
    {
        var converted = Converted.OfUser(Image("https://e.com/a.png"), Converted.Profile with { Images = false }, Fetching);
        Assert.Equal("[image omitted: the model does not accept images]", converted.Text("/input/0/content/0/text"));
        Assert.Empty(converted.Context!.RemoteImages);
    }

    [Fact]
    public void Behind_the_limits_an_image_is_its_address_and_stays_so()
    {
        var many = string.Join(',', Enumerable.Range(0, 105).Select(static i => Image($"https://e.com/{i}.png")));
        var converted = Converted.OfUser(many + "," + Image("https://e.com/0.png"), options: Fetching);
        Assert.Equal(100, converted.Context!.RemoteImages.Count);
        Assert.Equal(101, converted.At("/input/0/content").EnumerateArray().Count(static part => part.GetProperty("type").ValueEquals("input_image")));
        Assert.Equal("[image: https://e.com/100.png]", converted.Text("/input/0/content/100/text"));

        // The second is one byte too much; the third would fit, but may not take its place.
        byte[][] images = [[.. Png, .. new byte[ConversionOptions.MostFetchedBytes - 2 * 8]], [.. Png, 1], Png];
        var heavy = Converted.OfUser(string.Join(',', Enumerable.Range(0, 3).Select(static i => Image($"https://e.com/{i}"))), options: Fetching with { FetchedImage = url => images[url[^1] - '0'] });
        Assert.Equal(["input_image", "input_text", "input_text"], heavy.At("/input/0/content").EnumerateArray().Select(static part => part.GetProperty("type").GetString()));
        Assert.Equal(3, heavy.Context!.RemoteImages.Count);
    }

    /// <summary>Whatever could be fetched and whatever not, also across the limits.</summary>
    [Fact]
    public void A_longer_conversation_begins_with_the_bytes_of_the_shorter_one() =>
        Gen.Select(Gen.Int[0, 9].Array[1, 4].Array[1, 8], Gen.Int[0, 4].Array[10]).Sample(static (turns, sizes) =>
        {
            byte[][] images = [.. sizes.Select(static size => size == 0 ? [] : (byte[])[.. Png, .. new byte[size * ConversionOptions.MostFetchedBytes / 8]])];
            var options = Fetching with { FetchedImage = url => images[url[^1] - '0'] };
            var earlier = "";
            for (var count = 1; count <= turns.Length; count++)
            {
                var messages = string.Join(",{\"role\":\"assistant\",\"content\":\"ok\"},", turns[..count].Select(static turn => $$"""{"role":"user","content":[{{string.Join(',', turn.Select(static i => Image($"https://e.com/{i}")))}}]}"""));
                var converted = Converted.Of($$"""{"messages":[{{messages}}]}""", options: options).InputBytes;
                Assert.StartsWith(earlier, converted, StringComparison.Ordinal);
                earlier = converted;
            }
        }, iter: 5, threads: 1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_Chat_Completions(bool lite)
    {
        var (body, context, _) = Chat.Convert("""
            {"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://e.com/a.png","detail":"high"}}]},
            {"role":"assistant","tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"A","content":[{"type":"image_url","image_url":{"url":"https://e.com/b.png"}},{"type":"image_url","image_url":"https://e.com/none"}]}]}
            """, Converted.Profile with { Lite = lite }, Fetching);
        var input = body.GetProperty("input");
        Converted.Same(
            JsonElement.Parse(lite ? """[{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]""" : """[{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"high"}]"""),
            input[0].GetProperty("content"));
        Converted.Same(JsonElement.Parse("""[{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="},{"type":"input_text","text":"[image: https://e.com/none]"}]"""), input[2].GetProperty("output"));
        Assert.Equal(["https://e.com/a.png", "https://e.com/b.png", "https://e.com/none"], context!.RemoteImages);
    }

    [Theory]
    [InlineData(ImageUrlRoute.Pass, """{"type":"input_image","image_url":"https://e.com/a.png","detail":"high"}""", """{"type":"input_image","image_url":"https://e.com/b.png"}""")]
    [InlineData(ImageUrlRoute.Fetch, """{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"high"}""", """{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}""")]
    [InlineData(ImageUrlRoute.Text, """{"type":"input_text","text":"[image: https://e.com/a.png]"}""", """{"type":"input_text","text":"[image: https://e.com/b.png]"}""")]
    public void In_Responses(ImageUrlRoute route, string ofUser, string ofTool)
    {
        const string items = """
            [{"role":"user","content":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"https://e.com/a.png","detail":"high"},{"type":"input_image","image_url":"data:image/png;base64,AA=="}]},
            {"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"A","output":[{"type":"input_image","image_url":"https://e.com/b.png"}]}]
            """;
        var (body, context, _) = Passed.Convert($$"""{"input":{{items}}}""", options: Fetching with { ImageUrls = route });
        var content = body.GetProperty("input")[0].GetProperty("content");
        Assert.Equal(3, content.GetArrayLength());
        Converted.Same(JsonElement.Parse(ofUser), content[1]);
        Assert.Equal("data:image/png;base64,AA==", content[2].GetProperty("image_url").GetString());
        Converted.Same(JsonElement.Parse($"[{ofTool}]"), body.GetProperty("input")[2].GetProperty("output"));
        Assert.Equal(route == ImageUrlRoute.Fetch ? 2 : 0, context!.RemoteImages.Count);

        // The Codex CLI knows what it sends.
        var (raw, _, _) = Passed.Convert($$"""{"input":{{items}}}""", isCodex: true, options: Fetching with { ImageUrls = route });
        Converted.Same(JsonElement.Parse(items), raw.GetProperty("input"));
    }

    private static string Image(string url) => $$$"""{"type":"image","source":{"type":"url","url":"{{{url}}}"}}""";
}
