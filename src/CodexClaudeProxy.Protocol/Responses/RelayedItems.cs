using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The finished items of an answer by their index; some backends give two calls the same.</summary>
internal sealed class RelayedItems
{
    private readonly List<(int Index, byte[] Json)> _items = [];

    public int Count => _items.Count;

    public List<byte[]> All => _items.ConvertAll(static item => item.Json);

    public void Keep(int index, byte[] item)
    {
        if (index < 0) index = _items.Count == 0 ? 0 : _items[^1].Index + 1;
        var place = _items.Count;
        while (place > 0 && _items[place - 1].Index > index) place--;
        for (var at = place - 1; at >= 0 && _items[at].Index == index; at--)
        {
            if (CodexItem.Parse(item).IsAnotherThan(CodexItem.Parse(_items[at].Json))) continue;
            _items.RemoveAt(at);
            place--;
        }

        _items.Insert(place, (index, item));
    }

    public void Clear() => _items.Clear();
}
