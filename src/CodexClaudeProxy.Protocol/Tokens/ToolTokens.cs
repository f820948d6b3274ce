using System.Buffers;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>What one tool definition counts. The backend renders it for the model in a form of its own; its compact JSON comes near.</summary>
internal static class ToolTokens
{
    private const int AroundTool = 8;
    private const int HostedWebSearch = 800;

    public static int Count(ReadOnlySpan<byte> tool)
    {
        ReadOnlySpan<byte> type = default, name = default, description = default, parameters = default;
        var json = new Utf8JsonReader(tool);
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

        // Punctuation and names of the members fit into what the tool lost with its own.
        var pooled = ArrayPool<byte>.Shared.Rent(tool.Length + 64);
        var length = 0;
        length += AppendMember(pooled.AsSpan(length), "{\"name\":"u8, name);
        length += AppendMember(pooled.AsSpan(length), ",\"description\":"u8, description);
        length += AppendMember(pooled.AsSpan(length), ",\"parameters\":"u8, parameters);
        pooled[length++] = (byte)'}';
        var tokens = O200k.CountUtf8(pooled.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(pooled);
        return AroundTool + tokens;
    }

    /// <summary>Counts a JSON value without the white space between its tokens.</summary>
    public static int CountCompact(ReadOnlySpan<byte> json)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(json.Length);
        var tokens = O200k.CountUtf8(pooled.AsSpan(0, AppendCompact(pooled, json)));
        ArrayPool<byte>.Shared.Return(pooled);
        return tokens;
    }

    private static ReadOnlySpan<byte> Value(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> all)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return all[start..(int)json.BytesConsumed];
    }

    private static int AppendMember(Span<byte> target, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return 0;
        name.CopyTo(target);
        return name.Length + AppendCompact(target[name.Length..], value);
    }

    private static int AppendCompact(Span<byte> target, ReadOnlySpan<byte> json)
    {
        var length = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (inString && b == '\\') target[length++] = json[i++];
            else if (b == '"') inString = !inString;
            else if (!inString && b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') continue;
            target[length++] = json[i];
        }

        return length;
    }
}
