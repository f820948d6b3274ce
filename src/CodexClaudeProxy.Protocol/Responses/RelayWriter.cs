using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>Writes the events of a relayed answer.</summary>
/// <param name="stream">The client wants events.</param>
/// <param name="model">The model in the client's words.</param>
internal sealed class RelayWriter(PooledBuffer output, bool stream, string model)
{
    /// <summary>Writes an event whose response is told as the client knows it.</summary>
    /// <param name="status">The status of a response that has none.</param>
    public void WriteWithResponse(in CodexEvent e, ReadOnlySpan<byte> status)
    {
        using var response = new PooledBuffer();
        ResponseObject.Write(e.Response, model, status, null, response);
        WriteWithResponse(e, response);
    }

    public void WriteWithResponse(in CodexEvent e, PooledBuffer response)
    {
        using var json = new PooledBuffer();
        if (!e.Raw.Overlaps(e.Response, out var start))
        {
            WriteEvent(e.Name, e.Raw);
            return;
        }

        json.Append(e.Raw[..start]);
        json.Append(response.Written);
        json.Append(e.Raw[(start + e.Response.Length)..]);
        WriteEvent(e.Name, json.Written);
    }

    /// <summary>Writes an event as it is; nothing for a client that wants one document.</summary>
    public void WriteEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        if (!stream) return;
        output.Append("event: "u8);
        output.Append(name);
        output.Append("\ndata: "u8);
        // An event that came in several lines would fall apart.
        if (json.IndexOfAny((byte)'\n', (byte)'\r') < 0) output.Append(json);
        else CompactJson.Write(json, output);
        output.Append("\n\n"u8);
    }

    public void KeepAlive() => output.Append(": keep-alive\n\n"u8);
}
