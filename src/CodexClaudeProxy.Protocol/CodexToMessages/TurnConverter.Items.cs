using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// Which item an event belongs to, and what it brings.
public sealed partial class TurnConverter
{
    // In ascending order of their output index.
    private readonly List<TurnItem> _items = [];

    /// <summary>
    /// The item of an event: by its index, which alone is reliable on this backend; else by its id; else the newest that fits.
    /// An event of an item that was never announced creates it.
    /// </summary>
    private TurnItem ItemOf(in CodexEvent e, CodexItemType type, ReadOnlySpan<byte> callId = default)
    {
        Begin();
        if (e.OutputIndex >= 0) return At(e.OutputIndex, e.ItemId, callId) ?? Create(e.OutputIndex, type);

        for (var i = _items.Count - 1; i >= 0; i--)
        {
            var item = _items[i];
            if (e.ItemId.IsEmpty ? item.Type == type && !item.IsDone : item.Id.Length > 0 && e.ItemId.SequenceEqual(item.Id)) return item;
        }

        var created = Create(_items.Count == 0 ? 0 : _items[^1].OutputIndex + 1, type);
        created.Id = e.ItemId.ToArray();
        return created;
    }

    /// <summary>Two calls may have come under one index: then the call's id tells which, else the item's, else it is the one that is not done.</summary>
    private TurnItem? At(int outputIndex, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> callId)
    {
        TurnItem? found = null;
        for (var place = PlaceOf(outputIndex); place < _items.Count && _items[place].OutputIndex == outputIndex; place++)
        {
            var item = _items[place];
            if (IsAnotherCall(item, callId)) continue;
            if (found is null || (itemId.SequenceEqual(item.Id) ? !itemId.IsEmpty : found.IsDone && !item.IsDone && !itemId.SequenceEqual(found.Id))) found = item;
        }

        return found;
    }

    private static bool IsAnotherCall(TurnItem item, ReadOnlySpan<byte> callId) =>
        !callId.IsEmpty && item.Tool is { CallId.Length: > 0 } tool && !callId.SequenceEqual(tool.CallId);

    /// <summary>The first place whose item has this index or a higher one.</summary>
    private int PlaceOf(long outputIndex)
    {
        var (low, high) = (0, _items.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_items[middle].OutputIndex < outputIndex) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private TurnItem Create(int outputIndex, CodexItemType type)
    {
        var item = new TurnItem(outputIndex, type);
        var place = PlaceOf(outputIndex + 1L);
        _items.Insert(place, item);
        _settled = Math.Min(_settled, place);
        return item;
    }

    private void AddItem(in CodexEvent e)
    {
        var view = CodexItem.Parse(e.Item);
        var item = ItemOf(e, view.Type, view.CallId);
        Describe(item, view);
        if (RunsBeside(item)) StartWriting(item);
        else TakeCursor();
        if (item.Tool is { } && !item.IsDone && !view.Arguments.IsEmpty && item.Tool.Received.IsEmpty) ReceiveArguments(item, view.Arguments);
    }

    /// <summary>A second announcement updates names and never resets what has come.</summary>
    private void Describe(TurnItem item, in CodexItem view)
    {
        if (view.Type != item.Type && view.Type != CodexItemType.Other) (item.Type, _settled) = (view.Type, 0);
        if (!view.Id.IsEmpty) item.Id = view.Id.ToArray();
        if (!view.Phase.IsEmpty) SawPhase = true;
        if (item.Type is CodexItemType.FunctionCall or CodexItemType.CustomToolCall) DescribeCall(item, view);
    }

    private void FinishItem(in CodexEvent e)
    {
        var view = CodexItem.Parse(e.Item);
        var item = ItemOf(e, view.Type, view.CallId);
        if (!item.IsDone) Finish(item, view);
    }

    private void Finish(TurnItem item, in CodexItem view)
    {
        Describe(item, view);
        switch (item.Type)
        {
            case CodexItemType.Message:
                FinishText(item, view.Content);
                StopWaitingSearches();
                break;
            case CodexItemType.Reasoning: FinishReasoning(item, view); break;
            case CodexItemType.FunctionCall or CodexItemType.CustomToolCall: FinishArguments(item, view.Arguments); break;
            case CodexItemType.WebSearchCall: FinishSearch(item, view); break;
            case CodexItemType.ImageGenerationCall: item.Received.Append(view.Result); break;
            case CodexItemType.Other: _unknown.Note(view.TypeName); break;
        }

        KeepForContinuation(item, view);
        item.IsIncomplete = view.IsIncomplete;
        item.IsDone = true;
        if (RunsBeside(item)) Flush(item);
        else Advance();
    }

    /// <summary>Items whose end, or whose whole, came only inside the terminal event's response.</summary>
    private void FinishItemsOnlyIn(ReadOnlySpan<byte> output)
    {
        var index = 0;
        foreach (var json in new JsonObjects(output))
        {
            Begin();
            var view = CodexItem.Parse(json);
            var place = index++;
            var item = CallWith(view.CallId, place) ?? At(place, view.Id, view.CallId) ?? Create(place, view.Type);
            if (!item.IsDone && !IsEnded) Finish(item, view);
        }
    }

    /// <param name="place">Where it most likely is.</param>
    private TurnItem? CallWith(ReadOnlySpan<byte> callId, int place)
    {
        if (callId.IsEmpty) return null;
        if (At(place, default, callId) is { Tool: { } likely } there && callId.SequenceEqual(likely.CallId)) return there;
        foreach (var item in _items)
        {
            if (item.Tool is { } tool && callId.SequenceEqual(tool.CallId)) return item;
        }

        return null;
    }
}
