namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>
/// Which result belongs to which call: the k-th call of an id takes the k-th result of that id that stands behind it.
/// Results are numbered in the order they are added.
/// </summary>
internal sealed class CallResults
{
    private readonly List<(string Id, int Place)> _results = [];
    private readonly Dictionary<string, Queue<int>> _free = [];

    public void Add(string id, int place)
    {
        _results.Add((id, place));
        Release(_results.Count - 1);
    }

    /// <summary>The number of the next unused result of this id behind the given place.</summary>
    public int? Take(string id, int place)
    {
        if (!_free.TryGetValue(id, out var queue)) return null;
        while (queue.TryDequeue(out var number))
        {
            if (_results[number].Place > place) return number;
        }

        return null;
    }

    /// <summary>Every result is free again, for another pass.</summary>
    public void Rewind()
    {
        _free.Clear();
        for (var number = 0; number < _results.Count; number++) Release(number);
    }

    public void Clear()
    {
        _results.Clear();
        _free.Clear();
    }

    private void Release(int number)
    {
        var id = _results[number].Id;
        if (!_free.TryGetValue(id, out var queue)) _free[id] = queue = new Queue<int>(1);
        queue.Enqueue(number);
    }
}
