using System.Security.Cryptography;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// The answer to a request that is nothing but a web search, from the reply of the backend's search endpoint: the search and
/// its pages as blocks, and the text it wrote about them. No model ran, so the numbers are our own.
/// </summary>
public static class StandaloneSearchAnswer
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Writes the whole answer; null, and nothing written, when the reply is none.</summary>
    public static TurnEnd? TryWrite(ReadOnlyMemory<byte> reply, string query, TurnContext context, ITurnSink sink)
    {
        try
        {
            using var document = JsonDocument.Parse(reply);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !(root.TryGetProperty("output", out _) || root.TryGetProperty("results", out _))) return null;
            return Write(root, query, context, sink);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TurnEnd Write(JsonElement root, string query, TurnContext context, ITurnSink sink)
    {
        using var blocks = new AnswerBlocks(sink, context, begun: false);
        blocks.Begin("");
        blocks.Search(new SearchCall(RandomNumberGenerator.GetString(Base62, 24), Input(query), Hits(root, context), ErrorCode: null));
        if (root.TryGetProperty("output", out var output) && output.ValueKind == JsonValueKind.String) blocks.Text(JsonText.Escaped(output.GetString()!));
        blocks.Close();

        var usage = new TurnUsage { FreshInput = context.InputEstimate, Output = blocks.VisibleTokenCount, WebSearches = 1, IsEstimate = true };
        var end = new TurnEnd(blocks.LocalStop ?? StopReason.EndTurn, usage)
        {
            StopSequence = blocks.StopSequenceHit,
            ContextManagement = context.ContextManagement,
        };
        sink.End(end);
        return end;
    }

    private static byte[] Input(string query) => [.. "{\"query\":\""u8, .. JsonText.Escaped(query), .. "\"}"u8];

    /// <summary>Distinct pages. None are made up from the text when the reply lists none.</summary>
    private static List<(byte[] Url, byte[] Title)> Hits(JsonElement root, TurnContext context)
    {
        List<(byte[] Url, byte[] Title)> hits = [];
        if (!root.TryGetProperty("results", out var results) || results.ValueKind != JsonValueKind.Array) return hits;

        HashSet<string> seen = [];
        foreach (var result in results.EnumerateArray())
        {
            if (Text(result, "url") is not { Length: > 0 } url || !seen.Add(url) || context.WebSearch?.Allows(url) == false) continue;
            var title = Text(result, "title") is { Length: > 0 } given ? given : Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Host : url;
            hits.Add((JsonText.Escaped(url), JsonText.Escaped(title)));
        }

        return hits;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
