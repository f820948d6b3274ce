using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// Whose turn it is to write: the item with the lowest index, until it is done.
public sealed partial class TurnConverter
{
    private const int MaxQueued = 16 * 1024 * 1024;

    private TurnItem? _cursor;

    // Every item before this place has nothing to write any more, or writes beside the others.
    private int _settled;

    // What waits at most: bytes are added as they come, and counted anew when that is too much.
    private long _queued;

    /// <summary>At the terminal event nothing is waited for any more.</summary>
    private void FlushAll(bool incomplete)
    {
        for (var i = 0; i < _items.Count && !IsEnded; i++)
        {
            var item = _items[i];
            if (item.IsFlushed) continue;
            if (!item.IsDone)
            {
                item.IsIncomplete = incomplete;
                // A search without its end has no result to tell of.
                if (item.Type == CodexItemType.WebSearchCall && item.Search is null) item.IsSuppressed = true;
                item.IsDone = true;
            }

            if (RunsBeside(item)) Flush(item);
        }

        StopWaitingSearches();
        Advance();
    }

    /// <summary>The item in whose place we are, chosen once and kept until it is done.</summary>
    private TurnItem? TakeCursor()
    {
        if (_cursor is { IsFlushed: false }) return _cursor;
        _cursor = null;
        while (_settled < _items.Count && (_items[_settled].IsFlushed || RunsBeside(_items[_settled]))) _settled++;
        if (_settled == _items.Count) return null;
        _cursor = _items[_settled];
        StartWriting(_cursor);
        return _cursor;
    }

    /// <param name="length">What there is to write. Where it must wait, it counts towards what may wait altogether.</param>
    private bool MayWrite(TurnItem item, int length)
    {
        if (RunsBeside(item)) return item.Tool is { IsOpen: true };
        if (TakeCursor() == item) return true;
        _queued += length;
        if (_queued <= MaxQueued) return false;
        _queued = length;
        foreach (var other in _items) _queued += other.QueuedBytes;
        if (_queued > MaxQueued) Fail(new CodexFailure(CodexFailureKind.ServerError, "Upstream interleaved more than 16 MiB of output items"));
        return false;
    }

    /// <summary>Closes what is done and lets the next item write what it kept.</summary>
    private void Advance()
    {
        while (!IsEnded && TakeCursor() is { IsDone: true } item)
        {
            if (item.Search is { IsWaiting: true }) return;
            Flush(item);
            if (IsEnded) return;
            _cursor = null;
        }
    }

    /// <summary>Writes what an item still has to say, and ends it.</summary>
    private void Flush(TurnItem item)
    {
        // A call that is open is finished, whatever has been decided since.
        if (!item.IsSuppressed && (_blocks.LocalStop is null || item.Tool is { IsOpen: true })) StopWriting(item);
        if (IsEnded) return;
        if (!RunsBeside(item)) _blocks.Close();
        item.IsFlushed = true;
        item.Dispose();
    }

    /// <summary>The client has a field for the call alone, so that it waits for nobody and nobody waits for it.</summary>
    private bool RunsBeside(TurnItem item) =>
        sink.HasSeparateFields && item.Type is (CodexItemType.FunctionCall or CodexItemType.CustomToolCall);

    private bool CallsAreOpen() => sink.HasSeparateFields && _items.Exists(static item => item.Tool is { IsOpen: true } && !item.IsFlushed);

    private void StartWriting(TurnItem item)
    {
        if (item.IsSuppressed || _blocks.LocalStop is not null) return;
        if (item.Tool is not null)
        {
            OpenCall(item);
            return;
        }

        var position = 0;
        while (item.TryDequeue(ref position, out var kind, out var part, out var text))
        {
            if (kind == QueuedKind.Summary) WriteSummary(item, part, text);
            else if (kind == QueuedKind.Annotation) WriteAnnotation(text);
            else WriteText(item, part, kind == QueuedKind.Refusal, text);
        }

        item.ClearQueue();
    }

    private void StopWriting(TurnItem item)
    {
        switch (item.Type)
        {
            case CodexItemType.Reasoning: CloseReasoning(item); break;
            case CodexItemType.FunctionCall or CodexItemType.CustomToolCall: CloseCall(item); break;
            case CodexItemType.WebSearchCall: WriteSearch(item); break;
            case CodexItemType.ImageGenerationCall: _blocks.Image(item.Received.Written); break;
        }
    }

    // The call is whole; some clients have started it already, and an error now would make them run it twice.
    private bool LastItemIsFinishedCall() =>
        _items.Count > 0 && _items.TrueForAll(static i => i.IsDone && !i.IsIncomplete) && _items[^1].Type is CodexItemType.FunctionCall or CodexItemType.CustomToolCall;
}
