using System.Text;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>
/// Tells whether the backend certainly compiles a regular expression of a schema. Its engine is that of Python (<c>re</c>), schemas are
/// written for JavaScript's, and one expression it cannot compile refuses the whole request. So this reads what both understand, and
/// everything else counts as refused, also the little that Python alone would take.
/// </summary>
internal sealed class PatternSyntax
{
    private const int Longest = 8_192;
    private const int Deepest = 50;
    private const int MostRepetitions = 65_535;

    /// <summary>Beyond this a width is as good as unknown.</summary>
    private const long Widest = 1_000_000;

    /// <summary>How many characters a part takes at least and at most: what stands in a look-behind must always take the same.</summary>
    private readonly record struct Width(long Least, long Most)
    {
        public static Width None => default;

        public static Width One => new(1, 1);

        public bool IsFixed => Least == Most && Most < Widest;

        public Width Or(Width other) => new(Math.Min(Least, other.Least), Math.Max(Most, other.Most));

        public Width Then(Width next) => new(Math.Min(Widest, Least + next.Least), Math.Min(Widest, Most + next.Most));

        public Width Times(long least, long most) => new(Math.Min(Widest, Least * least), Math.Min(Widest, Most * most));
    }

    private readonly int[] _text;
    private readonly HashSet<int> _closed = [];
    private readonly HashSet<string> _names = [];
    private int _at;
    private int _groups;
    private int _lookBehinds;

    private PatternSyntax(string pattern) => _text = [.. pattern.EnumerateRunes().Select(static rune => rune.Value)];

    public static bool Compiles(string pattern) => pattern.Length <= Longest && new PatternSyntax(pattern).ReadsAll();

    private bool ReadsAll()
    {
        // Flags for the whole expression may only stand at its start.
        if (Take("(?") && !(TakeFlags() && Take(")"))) _at = 0;
        return TryAlternatives(0, out _) && _at == _text.Length;
    }

    private bool TryAlternatives(int depth, out Width width)
    {
        width = default;
        if (depth > Deepest) return false;
        for (var first = true; first || Take("|"); first = false)
        {
            var sequence = Width.None;
            while (_at < _text.Length && Next is not ('|' or ')'))
            {
                if (!TryRepeated(depth, out var one)) return false;
                sequence = sequence.Then(one);
            }

            width = first ? sequence : width.Or(sequence);
        }

        return true;
    }

    private int Next => _at < _text.Length ? _text[_at] : -1;

    private bool TryRepeated(int depth, out Width width)
    {
        if (!TryOne(depth, out width, out var mayRepeat)) return false;
        if (!TryQuantifier(out var least, out var most)) return true;
        if (!mayRepeat || least > most || most > MostRepetitions && most != int.MaxValue) return false;
        width = width.Times(least, most);
        Take("?");
        // A quantifier of a quantifier is an error, or possessive, which is new.
        return Next is not ('*' or '+' or '?') && !TryQuantifier(out _, out _);
    }

    private bool TryQuantifier(out int least, out int most)
    {
        (least, most) = Next switch { '*' => (0, int.MaxValue), '+' => (1, int.MaxValue), '?' => (0, 1), _ => (-1, -1) };
        if (least >= 0)
        {
            _at++;
            return true;
        }

        var start = _at;
        if (Take("{"))
        {
            var hasLeast = TryNumber(out least);
            most = least;
            if (hasLeast && Take("}")) return true;
            if (hasLeast && Take(","))
            {
                if (!TryNumber(out most)) most = int.MaxValue;
                if (Take("}")) return true;
            }
        }

        _at = start;
        return false;
    }

    private bool TryOne(int depth, out Width width, out bool mayRepeat)
    {
        (width, mayRepeat) = (Width.One, true);
        var character = _text[_at++];
        switch (character)
        {
            case '^' or '$':
                (width, mayRepeat) = (Width.None, false);
                return true;
            case '(':
                return TryGroup(depth + 1, out width, out mayRepeat);
            case '[':
                return TryClass();
            case '\\':
                return TryEscape(out width, out mayRepeat);
            case '*' or '+' or '?':
                return false;
            case '{':
                // A plain character, unless it could be read as a quantifier.
                return Next is not (',' or (>= '0' and <= '9'));
            default:
                return true;
        }
    }

    private bool TryGroup(int depth, out Width width, out bool mayRepeat)
    {
        (width, mayRepeat) = (default, true);
        var number = 0;
        if (!Take("?")) number = ++_groups;
        else if (Take("P<"))
        {
            number = ++_groups;
            if (!TryName()) return false;
        }
        else if (Take("=") || Take("!")) mayRepeat = false;
        else if (Take("<=") || Take("<!")) return TryLookBehind(depth, out mayRepeat);
        else if (!Take(":") && !(TakeFlags() && Take(":"))) return false;

        if (!TryAlternatives(depth, out width) || !Take(")")) return false;
        if (number > 0) _closed.Add(number);
        if (!mayRepeat) width = Width.None;
        return true;
    }

    private bool TryLookBehind(int depth, out bool mayRepeat)
    {
        mayRepeat = false;
        _lookBehinds++;
        var fits = TryAlternatives(depth, out var width) && width.IsFixed && Take(")");
        _lookBehinds--;
        return fits;
    }

    private bool TryName()
    {
        var name = new StringBuilder();
        while (Next is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') || name.Length > 0 && Next is >= '0' and <= '9') name.Append((char)_text[_at++]);
        return name.Length > 0 && Take(">") && _names.Add(name.ToString());
    }

    private bool TryEscape(out Width width, out bool mayRepeat)
    {
        (width, mayRepeat) = (Width.One, true);
        var character = Next;
        if (character is 'b' or 'B' or 'A' or 'Z')
        {
            _at++;
            (width, mayRepeat) = (Width.None, false);
            return true;
        }

        if (character is >= '1' and <= '9')
        {
            // Of a group that has ended; a look-behind cannot know how long it was.
            _at++;
            width = new Width(0, Widest);
            return _lookBehinds == 0 && Next is not (>= '0' and <= '9') && _closed.Contains(character - '0');
        }

        return TryEscapedCharacter(out _);
    }

    /// <param name="code">The character meant; -1 for a set of them.</param>
    private bool TryEscapedCharacter(out int code)
    {
        code = Next;
        _at++;
        switch (code)
        {
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S':
                code = -1;
                return true;
            case 't' or 'n' or 'r' or 'f' or 'v' or 'a':
                code = code switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', 'v' => '\v', _ => '\a' };
                return true;
            case '0':
                code = 0;
                return Next is not (>= '0' and <= '9');
            case 'x':
                return TryHex(2, out code);
            case 'u':
                return TryHex(4, out code) && !char.IsSurrogate((char)code);
            default:
                return code is >= ' ' and <= '~' && !char.IsAsciiLetterOrDigit((char)code);
        }
    }

    private bool TryClass()
    {
        Take("^");
        // Empty in JavaScript, and in Python the first character of a longer class.
        if (Next == ']') return false;
        while (!Take("]"))
        {
            if (!TryClassCharacter(out var first)) return false;
            if (Next != '-' || _at + 1 >= _text.Length || _text[_at + 1] == ']') continue;
            _at++;
            if (!TryClassCharacter(out var last) || first < 0 || last < first) return false;
        }

        return true;
    }

    private bool TryClassCharacter(out int code)
    {
        code = Next;
        if (code < 0) return false;
        _at++;
        if (code != '\\') return true;
        if (Next != 'b') return TryEscapedCharacter(out code);
        _at++;
        code = '\b';
        return true;
    }

    private bool TryHex(int digits, out int code)
    {
        code = 0;
        for (var i = 0; i < digits; i++, _at++)
        {
            if (Next is < 0 or > 'f' || !char.IsAsciiHexDigit((char)Next)) return false;
            code = code * 16 + Convert.ToInt32(((char)Next).ToString(), 16);
        }

        return true;
    }

    private bool TryNumber(out int number)
    {
        number = 0;
        var start = _at;
        for (; Next is >= '0' and <= '9' && _at - start < 9; _at++) number = number * 10 + (Next - '0');
        return _at > start;
    }

    private bool TakeFlags()
    {
        var start = _at;
        while (Next is 'i' or 'm' or 's') _at++;
        return _at > start;
    }

    private bool Take(string text)
    {
        if (_at + text.Length > _text.Length) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (_text[_at + i] != text[i]) return false;
        }

        _at += text.Length;
        return true;
    }
}
