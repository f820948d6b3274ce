namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// Finds the client's stop sequences in text that comes in pieces. A tail one unit shorter than the longest sequence
/// is held back, so that a sequence cut by a piece's border is found and none of it is sent.
/// </summary>
internal sealed class StopSequences(IReadOnlyList<string> sequences)
{
    private readonly int _tailLength = sequences.Max(static s => s.Length) - 1;
    private char[] _held = [];
    private int _length;
    private int _released;

    /// <summary>The sequence that was met, or null.</summary>
    public string? Hit { get; private set; }

    /// <summary>Takes the next piece and gives back what may be sent; valid until the next call.</summary>
    public ReadOnlySpan<char> Add(ReadOnlySpan<char> piece)
    {
        DropReleased();
        Append(piece);
        var text = _held.AsSpan(0, _length);
        if (FirstEnding(text) is { } match)
        {
            Hit = match.Sequence;
            _released = match.Start;
        }
        else
        {
            _released = Math.Max(0, _length - _tailLength);
            // Half a surrogate pair is no text: it waits for its other half.
            if (_released > 0 && char.IsHighSurrogate(text[_released - 1])) _released--;
        }

        return text[.._released];
    }

    /// <summary>At the end of a text block the tail is text after all.</summary>
    public ReadOnlySpan<char> Flush()
    {
        DropReleased();
        _released = _length;
        return _held.AsSpan(0, _length);
    }

    // A generator would have stopped at the sequence that ends first; of two that end together the longer one counts.
    private (int Start, string Sequence)? FirstEnding(ReadOnlySpan<char> text)
    {
        (int Start, string Sequence)? best = null;
        var bestEnd = int.MaxValue;
        foreach (var sequence in sequences)
        {
            var start = text.IndexOf(sequence, StringComparison.Ordinal);
            if (start < 0) continue;
            var end = start + sequence.Length;
            if (end > bestEnd || (end == bestEnd && sequence.Length < best!.Value.Sequence.Length)) continue;
            best = (start, sequence);
            bestEnd = end;
        }

        return best;
    }

    private void DropReleased()
    {
        _held.AsSpan(_released, _length - _released).CopyTo(_held);
        _length -= _released;
        _released = 0;
    }

    private void Append(ReadOnlySpan<char> piece)
    {
        if (_held.Length < _length + piece.Length) Array.Resize(ref _held, Math.Max(256, (_length + piece.Length) * 2));
        piece.CopyTo(_held.AsSpan(_length));
        _length += piece.Length;
    }
}
