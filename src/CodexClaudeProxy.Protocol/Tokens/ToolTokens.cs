using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>What one tool definition counts. The backend renders it for the model in a form of its own; its compact JSON comes near.</summary>
internal static class ToolTokens
{
    private const int AroundTool = 8;
    private const int HostedWebSearch = 800;

    public static int Count(ReadOnlySpan<byte> tool)
    {
        ReadOnlySpan<byte> type = default, name = default, description = default, parameters = default;
        var json = new ValidJson(tool);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return AroundTool;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8)) type = Value(ref json, tool);
            else if (json.ValueTextEquals("name"u8)) name = Value(ref json, tool);
            else if (json.ValueTextEquals("description"u8)) description = Value(ref json, tool);
            else if (json.ValueTextEquals("parameters"u8)) parameters = Value(ref json, tool);
            else json.Skip();
        }

        if (type.StartsWith("\"web_search"u8)) return HostedWebSearch;
        if (!type.SequenceEqual("\"function\""u8)) return AroundTool + CountCompact(tool);

        using var compact = new PooledBuffer();
        compact.Append("{\"name\":"u8);
        CompactJson.Write(name, compact);
        AppendMember(",\"description\":"u8, description, compact);
        AppendMember(",\"parameters\":"u8, parameters, compact);
        compact.Append("}"u8);
        return AroundTool + O200k.CountUtf8(compact.Written);
    }

    /// <summary>Counts a JSON value without the white space between its tokens.</summary>
    public static int CountCompact(ReadOnlySpan<byte> json)
    {
        using var compact = new PooledBuffer();
        CompactJson.Write(json, compact);
        return O200k.CountUtf8(compact.Written);
    }

    private static ReadOnlySpan<byte> Value(scoped ref ValidJson json, ReadOnlySpan<byte> all)
    {
        json.Read();
        var start = json.Start;
        json.Skip();
        return all[start..json.End];
    }

    private static void AppendMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, PooledBuffer compact)
    {
        if (value.IsEmpty) return;
        compact.Append(name);
        CompactJson.Write(value, compact);
    }
}
