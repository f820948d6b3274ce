using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>Searches of this proxy go back as the backend's own items; those of real Claude become text.</summary>
internal static class WebSearchHistory
{
    /// <summary>Ours, or at least nothing that says otherwise: an empty list or an error has no content to tell by.</summary>
    public static bool IsOwn(JsonElement call, JsonElement result, ConversionOptions options)
    {
        if (options.SearchHistoryAsText || call.Text("name"u8) != "web_search") return false;
        var hits = result.Member("content"u8);
        return !hits.IsArray() || hits.EnumerateArray().All(static hit =>
            RawText.Of(hit, "encrypted_content"u8) is var encrypted && (encrypted.IsEmpty || encrypted.StartsWith(ReasoningSignature.Prefix)));
    }

    public static void Write(JsonElement call, JsonElement result, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "web_search_call"u8);
        writer.WriteString("status"u8, result.Member("content"u8).IsArray() ? "completed"u8 : "failed"u8);
        writer.WriteStartObject("action"u8);
        writer.WriteString("type"u8, "search"u8);
        writer.WriteString("query"u8, call.Member("input"u8).Text("query"u8) ?? "");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
