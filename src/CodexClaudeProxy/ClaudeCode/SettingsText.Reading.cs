using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

// Where things are in the text.
internal sealed partial class SettingsText
{
    /// <param name="Start">Of the name's quotation mark.</param>
    /// <param name="Comma">Behind the value; -1 when there is none.</param>
    private sealed record Member(string Name, int Start, int ValueStart, int ValueEnd, int Comma);

    /// <param name="Open">Of the opening brace.</param>
    private sealed record Node(int Open, int Close, List<Member> Members);

    /// <summary>Something that is no white space.</summary>
    private readonly record struct Token(int End, bool IsLineComment);

    private Node Read()
    {
        Utf8JsonReader reader = new(_text, OptionsFor(JsonCommentHandling.Allow));
        try
        {
            // A reader that shows comments forgives a missing comma behind one.
            Utf8JsonReader strict = new(_text, OptionsFor(JsonCommentHandling.Skip));
            while (strict.Read()) { }

            Next(ref reader);
            if (reader.TokenType != JsonTokenType.StartObject) throw Refused("It is not a JSON object", (int)reader.TokenStartIndex);
            Node root = ReadObject(ref reader, isRoot: true);
            FindCommas(root);
            foreach (Node parent in _parents.Values) FindCommas(parent);
            return root;
        }
        catch (JsonException e)
        {
            throw new SettingsRefusedException("It is not valid JSON: " + Reason(e), (int)(e.LineNumber ?? 0) + 1, Column((int)(e.LineNumber ?? 0), (int)(e.BytePositionInLine ?? 0)));
        }
        catch (InvalidOperationException)
        {
            throw new SettingsRefusedException("A member name contains an unpaired surrogate");
        }
    }

    private static JsonReaderOptions OptionsFor(JsonCommentHandling comments) => JsonDepth.Reader with { CommentHandling = comments, AllowTrailingCommas = true };

    private Node ReadObject(ref Utf8JsonReader reader, bool isRoot)
    {
        int open = (int)reader.TokenStartIndex;
        List<Member> members = [];
        for (Next(ref reader); reader.TokenType != JsonTokenType.EndObject; Next(ref reader))
        {
            string name = reader.GetString()!;
            int start = (int)reader.TokenStartIndex;
            if (members.Exists(member => member.Name == name)) throw Refused($"'{name}' appears twice", start);

            Next(ref reader);
            int valueStart = (int)reader.TokenStartIndex;
            bool isObject = reader.TokenType == JsonTokenType.StartObject;
            if (isRoot && name == SettingsKey.EnvName && !isObject) throw Refused("'env' is not an object", valueStart);
            if (isRoot && isObject && SettingsKey.Parents.Contains(name)) _parents[name] = ReadObject(ref reader, isRoot: false);
            else reader.Skip();

            members.Add(new Member(name, start, valueStart, (int)reader.BytesConsumed, Comma: -1));
        }

        return new Node(open, (int)reader.TokenStartIndex, members);
    }

    /// <summary>The reader passes over commas. Only in text that it has found to be whole can they be looked for.</summary>
    private void FindCommas(Node node)
    {
        for (int i = 0; i < node.Members.Count; i++)
        {
            int next = SkipTrivia(node.Members[i].ValueEnd);
            if (_text[next] == (byte)',') node.Members[i] = node.Members[i] with { Comma = next };
        }
    }

    private void Next(ref Utf8JsonReader reader)
    {
        do
        {
            if (!reader.Read()) throw Refused("It is not a JSON object", _text.Length);
        }
        while (reader.TokenType == JsonTokenType.Comment);
    }

    /// <summary>What stands before the member: a comment, a comma, or the brace.</summary>
    private Token Before(Node node, int index) => LastToken(index == 0 ? node.Open + 1 : node.Members[index - 1].Comma + 1, node.Members[index].Start);

    private ReadOnlySpan<byte> Gap(Node node, int index) => _text.AsSpan(Before(node, index).End..node.Members[index].Start);

    /// <summary>The last comment between two places, or the first place itself.</summary>
    private Token LastToken(int from, int to)
    {
        Token last = new(from, false);
        for (int at = SkipSpace(from); at < to && _text[at] == (byte)'/'; at = SkipSpace(last.End)) last = Comment(at);
        return last;
    }

    /// <summary>The last comment that begins on the line of a place, or the place itself.</summary>
    private Token SameLine(int from)
    {
        Token last = new(from, false);
        while (!last.IsLineComment)
        {
            int at = last.End;
            while (_text[at] is (byte)' ' or (byte)'\t') at++;
            if (_text[at] != (byte)'/') break;
            last = Comment(at);
        }

        return last;
    }

    private Token Comment(int start)
    {
        if (_text[start + 1] == (byte)'*') return new Token(start + 4 + _text.AsSpan(start + 2).IndexOf("*/"u8), false);
        int length = _text.AsSpan(start).IndexOfAny("\r\n"u8);
        return new Token(length < 0 ? _text.Length : start + length, true);
    }

    private int SkipTrivia(int at)
    {
        for (at = SkipSpace(at); _text[at] == (byte)'/'; at = SkipSpace(Comment(at).End)) { }
        return at;
    }

    private int SkipSpace(int at)
    {
        while (at < _text.Length && _text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
        return at;
    }

    private string NewLine => _text.AsSpan().IndexOf((byte)'\n') is > 0 and var at && _text[at - 1] == (byte)'\r' ? "\r\n" : "\n";

    /// <summary>The white space before a new member: as before its last sibling.</summary>
    private string NewGap(Node node, Token end)
    {
        string sibling = Encoding.UTF8.GetString(Gap(node, node.Members.Count - 1));
        if (sibling.Contains('\n') || end.IsLineComment) return NewLine + Indent(node);
        return node.Members.Count > 1 ? sibling : " ";
    }

    private string Indent(Node node)
    {
        for (int i = node.Members.Count - 1; i >= 0; i--)
        {
            if (LineIndent(node.Members[i].Start) is { } known) return known;
        }

        return OuterIndent(node) + Unit;
    }

    /// <summary>The indentation of the line on which the object begins.</summary>
    private string OuterIndent(Node node)
    {
        int start = _text.AsSpan(0, node.Open).LastIndexOf((byte)'\n') + 1;
        int end = start;
        while (_text[end] is (byte)' ' or (byte)'\t') end++;
        return Encoding.UTF8.GetString(_text.AsSpan(start..end));
    }

    /// <summary>One step of indentation: that of the outermost members, or two spaces.</summary>
    private string Unit => _root.Members.Select(member => LineIndent(member.Start)).FirstOrDefault(indent => indent is { Length: > 0 }) ?? "  ";

    /// <summary>The white space between the beginning of the line and a place; null when something else is there, too.</summary>
    private string? LineIndent(int at)
    {
        int start = _text.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        return start > 0 && _text.AsSpan(start..at).Trim(" \t"u8).IsEmpty ? Encoding.UTF8.GetString(_text.AsSpan(start..at)) : null;
    }

    private SettingsRefusedException Refused(string reason, int at)
    {
        int lineStart = _text.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        return new SettingsRefusedException(reason, _text.AsSpan(0, at).Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(_text.AsSpan(lineStart..at)) + 1);
    }

    private int Column(int line, int bytes)
    {
        int start = 0;
        for (; line > 0; line--) start += _text.AsSpan(start).IndexOf((byte)'\n') + 1;
        return Encoding.UTF8.GetCharCount(_text.AsSpan(start, Math.Min(bytes, _text.Length - start))) + 1;
    }

    /// <summary>The parser's sentence without the place, which it counts from zero.</summary>
    private static string Reason(JsonException e)
    {
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? e.Message : e.Message[..place]).TrimEnd('.', ' ');
    }
}
