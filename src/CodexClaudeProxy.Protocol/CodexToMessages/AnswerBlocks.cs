using System.Buffers;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// The answer as the client sees it: one open block at a time, numbered without gaps, opened at its first content.
/// Text passes the filters the client asked for (prefill echo, stop sequences, max_tokens) and is copied untouched without them.
/// </summary>
internal sealed class AnswerBlocks(ITurnSink sink, TurnContext context, bool begun) : IDisposable
{
    private readonly StopSequences? _stops = context.StopSequences.Count > 0 ? new(context.StopSequences) : null;
    private readonly VisibleTokens _tokens = new(context.MaxTokens);
    private readonly PooledBuffer _scratch = new();
    private readonly List<(byte[] Url, byte[] Title, int Start, int End)> _citations = [];
    private PrefillEcho? _prefill = string.IsNullOrEmpty(context.Prefill) ? null : new(context.Prefill);

    public bool HasBegun { get; private set; } = begun;

    /// <summary>Blocks opened so far.</summary>
    public int Count { get; private set; }

    public BlockKind Open { get; private set; }

    /// <summary>What the next text block is.</summary>
    public TextStart NextText { get; set; }

    /// <summary>We ended the answer ourselves: nothing more is written and the upstream call is of no use.</summary>
    public StopReason? LocalStop { get; private set; }

    public string? StopSequenceHit => _stops?.Hit;

    public int VisibleTokenCount => _tokens.Total();

    // With separate fields, calls open beside it and count too.
    private int Current { get; set; } = -1;

    public void Begin(string responseId, long created)
    {
        if (HasBegun) return;
        HasBegun = true;
        sink.Begin(new TurnStart(responseId, context.RequestedModel, context.InputEstimate, context.Fast) { Created = created });
    }

    public void Text(ReadOnlySpan<byte> text)
    {
        if (LocalStop is not null || text.IsEmpty) return;
        if (_stops is null && _prefill is null && _tokens.TryAdd(text))
        {
            EnsureOpen(BlockKind.Text);
            sink.Text(Current, text);
        }
        else
        {
            FilteredText(text);
        }
    }

    public void Cite(in SearchHit hit)
    {
        // Without an open block its text may be held back.
        if (Open is not (BlockKind.Text or BlockKind.None) || hit.Url.IsEmpty) return;
        foreach (var known in _citations)
        {
            if (hit.Url.SequenceEqual(known.Url) && (!sink.HasSeparateFields || (hit.Start, hit.End) == (known.Start, known.End))) return;
        }

        _citations.Add((hit.Url.ToArray(), hit.Title.ToArray(), hit.Start, hit.End));
    }

    public void OpenThinking() => EnsureOpen(BlockKind.Thinking);

    public void Thinking(ReadOnlySpan<byte> text, bool newPart)
    {
        EnsureOpen(BlockKind.Thinking);
        sink.Thinking(Current, text, newPart);
    }

    public void Signature(ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> signature)
    {
        EnsureOpen(BlockKind.Thinking);
        sink.Signature(Current, itemId, signature);
    }

    /// <returns>The block's number.</returns>
    public int OpenTool(in ToolStart tool)
    {
        // Closing may still open a block, for text that was held back.
        if (!sink.HasSeparateFields) Close();
        var block = Count++;
        if (!sink.HasSeparateFields) (Current, Open) = (block, BlockKind.Tool);
        sink.OpenTool(block, tool);
        return block;
    }

    public void ToolInput(int block, ReadOnlySpan<byte> json)
    {
        if (!json.IsEmpty) sink.ToolInput(block, json);
    }

    public void Image(ReadOnlySpan<byte> base64)
    {
        Close();
        sink.Image(Count++, base64);
    }

    /// <summary>Counts a finished tool call. When that uses up the client's limit, the call still stands and nothing follows it.</summary>
    public void CountToolInput(ReadOnlySpan<byte> json)
    {
        if (_tokens.AddUncut(json)) LocalStop ??= StopReason.ToolUse;
    }

    public void Search(SearchCall call)
    {
        Close();
        sink.Search(Count, call);
        Count += 2;
    }

    public void OpenAdvice(ReadOnlySpan<byte> callId)
    {
        Close();
        sink.OpenAdvice(Count++, callId);
    }

    public void Advise(ReadOnlySpan<byte> callId, Advice advice) => sink.Advise(Count++, callId, advice);

    public void Close()
    {
        if (Open is BlockKind.Text or BlockKind.None) FlushText();
        if (Open == BlockKind.None)
        {
            _citations.Clear();
            return;
        }

        foreach (var (url, title, start, end) in _citations) sink.Cite(Current, new SearchHit(url, title) { Start = start, End = end });
        _citations.Clear();
        sink.Close(Current);
        Open = BlockKind.None;
    }

    public void KeepAlive() => sink.KeepAlive(Open == BlockKind.None ? -1 : Current, Open);

    public void Dispose()
    {
        _tokens.Dispose();
        _scratch.Dispose();
    }

    private void EnsureOpen(BlockKind kind)
    {
        if (Open == kind) return;
        // With nothing open there is nothing to close, and held text must not be flushed by its own emission.
        if (Open != BlockKind.None) Close();
        Current = Count++;
        Open = kind;
        if (kind == BlockKind.Text) sink.OpenText(Current, NextText);
        else sink.OpenThinking(Current);
    }

    private void FilteredText(ReadOnlySpan<byte> text)
    {
        var chars = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            ReadOnlySpan<char> piece = chars.AsSpan(0, JsonText.Unescape(text, chars));
            if (_prefill is not null)
            {
                piece = _prefill.Add(piece);
                if (_prefill.IsDone) _prefill = null;
            }

            EmitUntilStop(piece);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private void FlushText()
    {
        if (LocalStop is not null) return;
        if (_prefill is { HasHeld: true })
        {
            var held = _prefill.Flush();
            _prefill = null;
            EmitUntilStop(held);
        }

        if (_stops is not null && LocalStop is null) Emit(_stops.Flush());
    }

    private void EmitUntilStop(ReadOnlySpan<char> piece)
    {
        if (_stops is not null) piece = _stops.Add(piece);
        Emit(piece);
        if (_stops?.Hit is not null && LocalStop is null) Stop(StopReason.StopSequence);
    }

    private void Emit(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var fits = _tokens.Fit(text, out var reached);
        if (fits > 0)
        {
            _scratch.Clear();
            JsonText.Escape(text[..fits], _scratch);
            EnsureOpen(BlockKind.Text);
            sink.Text(Current, _scratch.Written);
        }

        if (reached) Stop(StopReason.MaxTokens);
    }

    public void Stop(StopReason reason)
    {
        LocalStop = reason;
        Close();
    }
}
