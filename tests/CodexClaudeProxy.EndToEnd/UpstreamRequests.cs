using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>What a test wants to know of a request that reached the backend.</summary>
internal static class UpstreamRequests
{
    private const int TooShortToTell = 12;

    /// <summary>Everything the two sides said to each other, as far as it is long enough to be recognised.</summary>
    public static IEnumerable<string> Texts(this ReceivedRequest request) =>
        request.Input.SelectMany(TextsOf).Where(text => text.Length >= TooShortToTell);

    public static string Model(this ReceivedRequest request) => request.Json.GetText("model")!;

    public static string? Effort(this ReceivedRequest request) => request.Json.Get("reasoning").GetText("effort");

    public static string? CacheKey(this ReceivedRequest request) => request.Json.GetText("prompt_cache_key");

    public static IEnumerable<string> ToolNames(this ReceivedRequest request) =>
        request.Json.Get("tools").Items().Select(tool => tool.GetText("name") ?? tool.GetText("type")!);

    /// <summary>Whether the model may call tools; one lane lists them among the input.</summary>
    public static bool OffersTools(this ReceivedRequest request) =>
        request.ToolNames().Any() || request.Input.Any(item => item.GetText("type") == "additional_tools");

    /// <summary>The output of one call: its text, or its parts as JSON.</summary>
    public static string OutputOf(this ReceivedRequest request, string callId) =>
        request.ToolOutputs.Single(output => output.Key == callId).Value;

    private static IEnumerable<string> TextsOf(JsonElement item)
    {
        foreach (string member in (string[])["arguments", "output", "content"])
        {
            JsonElement value = item.Get(member);
            if (value.AsText() is { } text) yield return text;
            foreach (JsonElement part in value.Items())
            {
                if (part.GetText("text") is { } partText) yield return partText;
            }
        }
    }
}
