using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Hosting;

/// <summary>Writes one JSON document as the whole answer.</summary>
internal static class JsonReply
{
    /// <summary>Whoever takes a piece in time is slow, not stuck: a long document must not be due as one.</summary>
    private const int Piece = 64 * 1024;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An answer that has a contract: a record of the room's <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</summary>
    public static Task WriteAsync<T>(HttpContext http, T value, JsonTypeInfo<T> contract, int status = StatusCodes.Status200OK) =>
        WriteAsync(http, status, JsonLine.ToBytes(value, contract));

    public static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        // Buffered, so that a failure inside write still leaves a clean response to report it in.
        var body = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(body, Relaxed)) write(json);

        await WriteAsync(http, status, body.WrittenMemory);
    }

    public static async Task WriteAsync(HttpContext http, int status, ReadOnlyMemory<byte> json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = json.Length;
        for (int at = 0; at < json.Length; at += Piece) await http.Response.Body.WriteAsync(json.Slice(at, Math.Min(Piece, json.Length - at)), http.RequestAborted);
    }
}
