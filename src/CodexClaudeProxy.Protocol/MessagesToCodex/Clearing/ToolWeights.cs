using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.Tokens;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Clearing;

/// <summary>What the clearing of single tool uses makes free, by the same count as that of whole requests.</summary>
internal sealed class ToolWeights : IDisposable
{
    private static readonly int NoteTokens = O200k.CountJsonString(ToolResults.ClearedNote);
    private static readonly int NoInputTokens = O200k.CountJsonString("{}"u8);

    private readonly Conversion _conversion;
    private readonly PooledBuffer _json = new();
    private readonly Utf8JsonWriter _writer;
    private readonly ToolResults _results;

    /// <param name="conversion">One that makes no request: reading results leaves traces in it.</param>
    public ToolWeights(Conversion conversion, ConversationIndex index)
    {
        _conversion = conversion;
        _writer = new Utf8JsonWriter(_json, WireJson.Options);
        _results = new ToolResults(conversion, index, _writer);
    }

    public int Of(ToolUse use, bool withInput)
    {
        var parts = _conversion.Parts;
        parts.Clear();
        _results.Collect(use.Result, parts);
        parts.WriteOutput(_writer);
        var tokens = CountWritten() - NoteTokens;

        parts.Clear();
        _results.AddAttachments(parts);
        parts.WriteArray(_writer);
        tokens += CountWritten();

        if (withInput) tokens += InputTokens(use.Call.Member("input"u8)) - NoInputTokens;
        return Math.Max(tokens, 0);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _json.Dispose();
    }

    private int CountWritten()
    {
        _writer.Flush();
        var tokens = Count(_json.Written);
        _json.Clear();
        _writer.Reset();
        return tokens;
    }

    private int InputTokens(JsonElement input)
    {
        var text = _conversion.Text;
        text.Clear();
        text.Append("\""u8);
        CallArguments.Write(input, text);
        text.Append("\""u8);
        return Count(text.Written);
    }

    private int Count(ReadOnlySpan<byte> content) =>
        InputEstimate.CountContent(content, _conversion.Profile.ImageTokenFactor, _conversion.Options.Counts);
}
