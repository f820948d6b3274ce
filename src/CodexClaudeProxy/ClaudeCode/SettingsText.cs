using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>
/// The text of a settings file, and edits of single members that leave every other byte where it is: comments, order,
/// indentation, line endings, byte order mark. Removing what was just added gives the text from before.
/// </summary>
internal sealed partial class SettingsText
{

    private readonly byte[] _text;
    private readonly bool _hasMark;
    private readonly Node _root;
    private readonly Dictionary<string, Node> _parents = [];

    private SettingsText(byte[] text, bool hasMark)
    {
        _text = text;
        _hasMark = hasMark;
        _root = Read();
    }

    /// <param name="file">What the file holds; nothing, or nothing but white space, counts as an empty object.</param>
    /// <exception cref="SettingsRefusedException">It is not a JSON object, or it holds a name twice.</exception>
    public static SettingsText Parse(ReadOnlySpan<byte> file)
    {
        bool hasMark = file.StartsWith("\uFEFF"u8);
        ReadOnlySpan<byte> text = hasMark ? file[3..] : file;
        if (!Utf8.IsValid(text)) throw new SettingsRefusedException("It is not UTF-8 text");
        return new SettingsText(text.Trim(" \t\r\n"u8).IsEmpty ? "{\n}\n"u8.ToArray() : text.ToArray(), hasMark);
    }

    public byte[] ToBytes() => _hasMark ? [0xEF, 0xBB, 0xBF, .. _text] : [.. _text];

    /// <summary>The member's value as it stands in the text; null when there is none.</summary>
    public string? Value(SettingsKey key) =>
        Find(key) is var (node, index) ? Encoding.UTF8.GetString(_text.AsSpan(node.Members[index].ValueStart..node.Members[index].ValueEnd)) : null;

    public SettingsPlace? PlaceOf(SettingsKey key) =>
        Find(key) is var (node, index) ? new SettingsPlace(index == 0 ? null : node.Members[index - 1].Name, Encoding.UTF8.GetString(Gap(node, index))) : null;

    /// <summary>Whether there is an object of this name with nothing in it, not even a comment.</summary>
    public bool HasEmpty(string parent) =>
        _parents.TryGetValue(parent, out Node? node) && node.Members.Count == 0 && _text.AsSpan((node.Open + 1)..node.Close).Trim(" \t\r\n"u8).IsEmpty;

    public bool Has(string parent) => _parents.ContainsKey(parent);

    /// <summary>What keeps Claude Code from reading the file, though we can; null when nothing does. (Its 2.1 then ignores all of it.)</summary>
    public string? Note
    {
        get
        {
            try
            {
                Utf8JsonReader strict = new(_text, JsonDepth.Reader);
                while (strict.Read()) { }
                return null;
            }
            catch (JsonException e)
            {
                return $"Claude Code reads neither comments nor trailing commas and ignores the whole file because of line {(e.LineNumber ?? 0) + 1}";
            }
        }
    }

    public SettingsText With(SettingsChange change) =>
        change.Value is { } value ? Set(change.Key, value, change.Place) : Remove(change.Key);

    /// <summary>A string as JSON text.</summary>
    public static string Quote(string value) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)}\"";

    private SettingsText Set(SettingsKey key, string value, SettingsPlace? place)
    {
        if (Find(key) is var (node, index))
        {
            Member member = node.Members[index];
            return Edit((member.ValueStart, member.ValueEnd, value));
        }

        if (key.Parent is not { } parent) return Insert(_root, key.Name, value, place);
        if (_parents.TryGetValue(parent, out Node? inside)) return Insert(inside, key.Name, value, place);
        if (_root.Members.Find(member => member.Name == parent) is { } other) throw Refused($"'{parent}' is not an object", other.ValueStart);
        return Insert(_root, parent, "{}", place: null).Set(key, value, place);
    }

    private SettingsText Insert(Node node, string name, string value, SettingsPlace? place)
    {
        string entry = $"{Quote(name)}: {value}";
        if (node.Members.Count == 0)
        {
            Token inside = LastToken(node.Open + 1, node.Close);
            bool closes = _text.AsSpan(inside.End..node.Close).Contains((byte)'\n');
            return Edit((inside.End, inside.End, NewLine + Indent(node) + entry + (closes ? "" : NewLine + OuterIndent(node))));
        }

        int after = place is null ? node.Members.Count - 1 : place.After is null ? -1 : node.Members.FindIndex(member => member.Name == place.After);
        if (after < 0 && place?.After is not null) after = node.Members.Count - 1;
        bool comesLast = after == node.Members.Count - 1;
        Member? before = after < 0 ? null : node.Members[after];

        // Behind the comments that belong to the member before: all of them at the end, those on its line elsewhere.
        int comma = before is null ? node.Open : before.Comma;
        Token end = comma < 0 ? LastToken(before!.ValueEnd, node.Close)
            : comesLast ? LastToken(comma + 1, node.Close)
            : SameLine(comma + 1);
        string gap = place is null || (end.IsLineComment && !place.Gap.Contains('\n')) ? NewGap(node, end) : place.Gap;
        return comma < 0
            ? Edit((before!.ValueEnd, before.ValueEnd, ","), (end.End, end.End, gap + entry))
            : Edit((end.End, end.End, gap + entry + ","));
    }

    private SettingsText Remove(SettingsKey key)
    {
        if (Find(key) is not var (node, index)) return this;

        Member member = node.Members[index];
        Token before = Before(node, index);
        bool takesComma = member.Comma >= 0 && _text.AsSpan(member.ValueEnd..member.Comma).Trim(" \t\r\n"u8).IsEmpty;
        int end = takesComma ? member.Comma + 1 : member.ValueEnd;
        int next = end;
        while (_text[next] is (byte)' ' or (byte)'\t') next++;

        // Behind a line comment nothing may move up, and a comment on the member's line keeps that line to itself.
        bool staysDown = (before.IsLineComment && _text[next] is not ((byte)'\r' or (byte)'\n'))
            || (_text[next] == (byte)'/' && Gap(node, index).Contains((byte)'\n'));
        List<(int, int, string)> cuts = [staysDown ? (member.Start, next, "") : (before.End, end, "")];
        if (member.Comma >= 0 && !takesComma) cuts.Add((member.Comma, member.Comma + 1, ""));
        if (member.Comma < 0 && index > 0) cuts.Insert(0, (node.Members[index - 1].Comma, node.Members[index - 1].Comma + 1, ""));

        SettingsText left = Edit([.. cuts]);
        return left.Collapsed(key.Parent is { } parent ? left._parents[parent] : left._root);
    }

    /// <summary>An object that has just lost its last member is written as <c>{}</c>.</summary>
    private SettingsText Collapsed(Node node) =>
        node.Members.Count == 0 && node != _root && _text.AsSpan((node.Open + 1)..node.Close).Trim(" \t\r\n"u8).IsEmpty ? Edit((node.Open + 1, node.Close, "")) : this;

    /// <summary>Replaces pieces of the text, in their order.</summary>
    private SettingsText Edit(params ReadOnlySpan<(int Start, int End, string Text)> pieces)
    {
        using MemoryStream edited = new(_text.Length + 128);
        int at = 0;
        foreach ((int start, int end, string text) in pieces)
        {
            edited.Write(_text.AsSpan(at..start));
            edited.Write(Encoding.UTF8.GetBytes(text));
            at = end;
        }

        edited.Write(_text.AsSpan(at));
        return new SettingsText(edited.ToArray(), _hasMark);
    }

    private (Node Node, int Index)? Find(SettingsKey key)
    {
        if ((key.Parent is { } parent ? _parents.GetValueOrDefault(parent) : _root) is not { } node) return null;
        int index = node.Members.FindIndex(member => member.Name == key.Name);
        return index < 0 ? null : (node, index);
    }
}
