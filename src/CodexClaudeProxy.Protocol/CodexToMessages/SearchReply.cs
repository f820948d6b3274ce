using System.Security.Cryptography;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// The reply of the backend's search endpoint, retold as the events of a hosted search: so every kind of answer can be made
/// of it. No model ran, hence the numbers of the turn are our own.
/// </summary>
public static class SearchReply
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>False, and nothing told, when the reply is none.</summary>
    public static bool TryTell(ReadOnlyMemory<byte> reply, string query, IEventConverter converter)
    {
        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replace(ByteOrderMark.Skip(reply)), JsonDepth.Document);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !(root.TryGetProperty("output", out _) || root.TryGetProperty("results", out _))) return false;

            converter.Handle(Event(json => WriteSearch(json, root, query)));
            if (Text(root, "output") is { Length: > 0 } output) converter.Handle(Event(json => WriteText(json, output)));
            converter.Handle("""{"type":"response.completed","response":{}}"""u8);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteSearch(Utf8JsonWriter json, JsonElement reply, string query)
    {
        json.WriteString("type"u8, "response.output_item.done"u8);
        json.WriteNumber("output_index"u8, 0);
        json.WriteStartObject("item"u8);
        json.WriteString("type"u8, "web_search_call"u8);
        json.WriteString("id"u8, "ws_" + RandomNumberGenerator.GetString(Base62, 24));
        json.WriteString("status"u8, "completed"u8);
        json.WriteStartObject("action"u8);
        json.WriteString("type"u8, "search"u8);
        json.WriteString("query"u8, query);
        // None are made up from the text when the reply lists none.
        json.WriteStartArray("sources"u8);
        if (reply.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array)
        {
            foreach (var result in results.EnumerateArray())
            {
                if (Text(result, "url") is not { Length: > 0 } url) continue;
                json.WriteStartObject();
                json.WriteString("url"u8, url);
                if (Text(result, "title") is { Length: > 0 } title) json.WriteString("title"u8, title);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteString("type"u8, "response.output_item.done"u8);
        json.WriteNumber("output_index"u8, 1);
        json.WriteStartObject("item"u8);
        json.WriteString("type"u8, "message"u8);
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "output_text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static byte[] Event(Action<Utf8JsonWriter> write)
    {
        using var buffer = new PooledBuffer();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.Written.ToArray();
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
