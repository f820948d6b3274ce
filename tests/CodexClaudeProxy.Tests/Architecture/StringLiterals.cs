using System.Text;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>Reads the string literals out of C# or JavaScript source, those inside of interpolations included. What is inserted becomes <c>…</c>.</summary>
internal sealed class StringLiterals
{
    private readonly string _source;
    private readonly bool _isScript;
    private readonly List<(int Line, int Start, string Text)> _found = [];
    private int _at;

    private StringLiterals(string source, bool isScript) => (_source, _isScript) = (source, isScript);

    public static IReadOnlyList<(int Line, int Start, string Text)> OfCSharp(string source) => Read(source, isScript: false);

    public static IReadOnlyList<(int Line, int Start, string Text)> OfScript(string source) => Read(source, isScript: true);

    private static List<(int Line, int Start, string Text)> Read(string source, bool isScript)
    {
        var literals = new StringLiterals(source, isScript);
        literals.Code(isHole: false);
        return literals._found;
    }

    private char Peek(int ahead = 0) => _at + ahead < _source.Length ? _source[_at + ahead] : '\0';

    /// <summary>Code up to its end, or to the brace that closes the hole it stands in.</summary>
    private void Code(bool isHole)
    {
        for (int depth = 0; _at < _source.Length;)
        {
            char next = Peek();
            if (next == '}' && isHole && depth == 0) return;
            if (next == '/' && Peek(1) == '/') SkipTo("\n");
            else if (next == '/' && Peek(1) == '*') SkipTo("*/");
            else if (next == '/' && _isScript && IsPattern()) Pattern();
            else if (_isScript && next is '"' or '\'' or '`') Script(next);
            else if (next == '\'') Character();
            else if (next == '"') CSharp(dollars: 0, isVerbatim: false);
            else if (next is '$' or '@' && !_isScript) Prefixed();
            else
            {
                if (next == '{') depth++;
                if (next == '}') depth--;
                _at++;
            }
        }
    }

    private void Prefixed()
    {
        int dollars = 0;
        bool isVerbatim = false;
        for (; Peek() is '$' or '@'; _at++)
        {
            if (Peek() == '$') dollars++;
            else isVerbatim = true;
        }

        if (Peek() == '"') CSharp(dollars, isVerbatim);
    }

    private void CSharp(int dollars, bool isVerbatim)
    {
        int start = _at;
        while (Peek() == '"') _at++;
        int quotes = _at - start;
        if (quotes == 2) return;

        bool isRaw = quotes > 2;
        var text = new StringBuilder();
        string end = new('"', quotes);
        string hole = new('{', isRaw ? Math.Max(dollars, 1) : 1);
        while (_at < _source.Length)
        {
            if (isVerbatim && Starts("\"\"")) text.Append(_source[(_at += 2) - 1]);
            else if (Starts(end)) break;
            else if (!isRaw && !isVerbatim && Peek() == '\\') Escape(text);
            else if (dollars > 0 && !isRaw && Starts("{{")) _at += 2;
            else if (dollars > 0 && Starts(hole)) Hole(text, hole.Length);
            else text.Append(_source[_at++]);
        }

        _at += quotes;
        Add(start, text);
    }

    private void Script(char quote)
    {
        int start = _at++;
        var text = new StringBuilder();
        while (_at < _source.Length && Peek() != quote)
        {
            if (Peek() == '\\') Escape(text);
            else if (quote == '`' && Starts("${")) Hole(text, 2);
            else text.Append(_source[_at++]);
        }

        _at++;
        Add(start, text);
    }

    private void Hole(StringBuilder text, int opening)
    {
        _at += opening;
        Code(isHole: true);
        _at += _isScript ? 1 : opening;
        text.Append('…');
    }

    private void Escape(StringBuilder text)
    {
        text.Append(Peek(1) is 'n' or 'r' or 't' ? ' ' : Peek(1));
        _at += 2;
    }

    private void Character()
    {
        for (_at++; Peek() != '\''; _at++)
        {
            if (Peek() == '\\') _at++;
        }

        _at++;
    }

    /// <summary>Whether a slash begins a pattern: a division has a value in front of it.</summary>
    private bool IsPattern()
    {
        int before = _at - 1;
        while (before >= 0 && char.IsWhiteSpace(_source[before])) before--;
        return before < 0 || "(,=:[!&|?{};>".Contains(_source[before], StringComparison.Ordinal);
    }

    private void Pattern()
    {
        bool isClass = false;
        for (_at++; Peek() is not ('/' or '\n') || (isClass && Peek() == '/'); _at++)
        {
            if (Peek() == '\\') _at++;
            else if (Peek() is '[' or ']') isClass = Peek() == '[';
        }

        _at++;
    }

    private bool Starts(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    private void SkipTo(string end)
    {
        int found = _source.IndexOf(end, _at, StringComparison.Ordinal);
        _at = found < 0 ? _source.Length : found + end.Length;
    }

    private void Add(int start, StringBuilder text) => _found.Add((_source.AsSpan(0, start).Count('\n') + 1, start, text.ToString()));
}
