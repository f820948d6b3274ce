namespace CodexClaudeProxy.Protocol.CodexToMessages;

/// <summary>
/// A model asked to continue a text sometimes repeats it first. As long as the answer repeats the prefill exactly it is
/// held back; at the first difference everything held is given out after all.
/// </summary>
internal sealed class PrefillEcho(string prefill)
{
    private int _matched;

    public bool HasHeld => _matched > 0 && !IsDone;

    /// <summary>Nothing is held any more; pieces need not come here.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Takes the next piece and gives back what may be sent.</summary>
    public string Add(ReadOnlySpan<char> piece)
    {
        var expected = prefill.AsSpan(_matched);
        var common = piece.CommonPrefixLength(expected);
        if (common == expected.Length)
        {
            IsDone = true;
            return piece[common..].ToString();
        }

        if (common == piece.Length)
        {
            _matched += common;
            return "";
        }

        IsDone = true;
        return string.Concat(prefill.AsSpan(0, _matched), piece);
    }

    /// <summary>The answer ended while it still looked like a repetition: it was the answer.</summary>
    public string Flush()
    {
        IsDone = true;
        return prefill[.._matched];
    }
}
