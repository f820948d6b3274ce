using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Turns;

namespace CodexClaudeProxy.Tests.OpenAi;

/// <summary>What an OpenAI client sends and how it reads the answers.</summary>
internal static class OpenAiClient
{
    public static Task<HttpResponseMessage> CallAsync(this RunningProxy proxy, string path, string json, params ReadOnlySpan<(string Name, string Value)> headers) =>
        proxy.CallAsync(path, json, TestContext.Current.CancellationToken, headers);

    public static Task<HttpResponseMessage> CallAsync(
        this RunningProxy proxy, string path, string json, CancellationToken cancellation, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("user-agent", "OpenAI/JS 7.57.0");
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>A chat request with one user message and these members over it.</summary>
    public static string Chat(string text = "Hi", string more = "{}")
    {
        var request = new JsonObject { ["model"] = "gpt-5.5", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }) };
        foreach ((string name, JsonNode? value) in JsonNode.Parse(more)!.AsObject()) request[name] = value?.DeepClone();
        return request.ToJsonString();
    }

    /// <summary>The body of a captured request.</summary>
    public static string Captured(string name) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "OpenAi", "captured", name + ".json"))).GetProperty("body").GetRawText();

    /// <summary>The data of each frame of a stream.</summary>
    public static async Task<IReadOnlyList<string>> FramesOf(HttpResponseMessage response)
    {
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(static frame => !frame.StartsWith(':'))
            .Select(static frame => frame[(frame.IndexOf("data: ", StringComparison.Ordinal) + 6)..])];
    }

    /// <summary>The data of each frame of a stream that ends with its connection instead of an end of its own.</summary>
    public static async Task<IReadOnlyList<string>> FramesUntilCutAsync(HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        List<string> frames = [];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal)) frames.Add(line[6..]);
            }
        });
        return frames;
    }

    public static async Task<JsonElement> JsonOf(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    public static void AssertNoRuleBroken(this RunningProxy proxy) => Assert.Empty(proxy.Backend.Rejections);
}
