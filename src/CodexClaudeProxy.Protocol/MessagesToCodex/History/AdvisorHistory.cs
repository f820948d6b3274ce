using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>Earlier advice, as the call and the output the model had it in: so what the backend has cached stays valid.</summary>
internal static class AdvisorHistory
{
    private const string ServerPrefix = "srvtoolu_";

    /// <summary>What the model was told; null when the call is not the advisor's, or when its answer is readable to Anthropic alone.</summary>
    public static string? OutputOf(JsonElement call, JsonElement result)
    {
        if (call.Text("name"u8) != "advisor") return null;
        var content = result.Member("content"u8);
        var (text, code) = (content.Text("text"u8), content.Text("error_code"u8));
        return text is null && code is null ? null : Advice.WordsFor(text, content.Text("stop_reason"u8), code);
    }

    public static void Write(JsonElement call, string output, Utf8JsonWriter writer)
    {
        var id = call.Text("id"u8) ?? "";
        if (id.StartsWith(ServerPrefix, StringComparison.Ordinal)) id = "call_" + id[ServerPrefix.Length..];
        id = CallId.Of(id);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function_call"u8);
        writer.WriteString("call_id"u8, id);
        writer.WriteString("name"u8, "advisor"u8);
        writer.WriteString("arguments"u8, "{}"u8);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function_call_output"u8);
        writer.WriteString("call_id"u8, id);
        writer.WriteString("output"u8, output);
        writer.WriteEndObject();
    }
}
