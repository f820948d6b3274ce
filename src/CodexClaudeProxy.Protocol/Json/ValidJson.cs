using System.Buffers;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>
/// Reads JSON that is valid, because we have written or parsed it. What <see cref="Utf8JsonReader"/> checks byte by byte is not checked
/// again: strings are passed over many bytes at once, also those with escapes. Of text that is not valid it makes nonsense, but it comes to an end.
/// </summary>
internal ref struct ValidJson(ReadOnlySpan<byte> json)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> BehindScalar = SearchValues.Create(",]} \t\r\n"u8);

    private const int LongestEscapedName = 256;

    private readonly ReadOnlySpan<byte> _json = json;

    public JsonTokenType TokenType { get; private set; }

    /// <summary>The token; of a string or a name only what stands between the quotes, still escaped.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the token begins, with its quote.</summary>
    public int Start { get; private set; }

    /// <summary>Behind the token.</summary>
    public int End { get; private set; }

    public bool Read()
    {
        Start = Behind(End);
        if (Start == _json.Length)
        {
            End = Start;
            return false;
        }

        var first = _json[Start];
        if (first == (byte)'"')
        {
            ReadString();
            return true;
        }

        TokenType = first switch
        {
            (byte)'{' => JsonTokenType.StartObject,
            (byte)'}' => JsonTokenType.EndObject,
            (byte)'[' => JsonTokenType.StartArray,
            (byte)']' => JsonTokenType.EndArray,
            (byte)'t' => JsonTokenType.True,
            (byte)'f' => JsonTokenType.False,
            (byte)'n' => JsonTokenType.Null,
            _ => JsonTokenType.Number,
        };
        var length = first is (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' ? 1 : _json[Start..].IndexOfAny(BehindScalar);
        End = length < 0 ? _json.Length : Start + Math.Max(length, 1);
        Value = _json[Start..End];
        return true;
    }

    /// <summary>Goes to the end of the value; from a name to the end of the value behind it.</summary>
    public void Skip()
    {
        if (TokenType == JsonTokenType.PropertyName) Read();
        if (TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        for (var depth = 1; depth > 0;)
        {
            var next = _json[End..].IndexOfAny(Structure);
            if (next < 0)
            {
                End = _json.Length;
                return;
            }

            End += next + 1;
            switch (_json[End - 1])
            {
                case (byte)'"':
                    End = EndOfString(_json, End);
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    depth--;
                    break;
            }
        }

        TokenType = _json[End - 1] == (byte)'}' ? JsonTokenType.EndObject : JsonTokenType.EndArray;
    }

    /// <summary>The name or string says this.</summary>
    public readonly bool ValueTextEquals(ReadOnlySpan<byte> text)
    {
        if (Value.SequenceEqual(text)) return true;
        if (Value.Length <= text.Length || Value.Length > LongestEscapedName || !Value.Contains((byte)'\\')) return false;
        Span<byte> unescaped = stackalloc byte[LongestEscapedName];
        return unescaped[..JsonText.Unescape(Value, unescaped)].SequenceEqual(text);
    }

    /// <summary>Behind the closing quote.</summary>
    /// <param name="at">Behind the opening one.</param>
    public static int EndOfString(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length)
        {
            var next = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0) break;
            at += next + 1;
            if (json[at - 1] == (byte)'"') return at;
            // What a backslash escapes ends no string.
            at++;
        }

        return json.Length;
    }

    private void ReadString()
    {
        End = EndOfString(_json, Start + 1);
        Value = End - Start > 1 ? _json[(Start + 1)..(End - 1)] : default;
        var behind = End;
        while (behind < _json.Length && IsSpace(_json[behind])) behind++;
        TokenType = behind < _json.Length && _json[behind] == (byte)':' ? JsonTokenType.PropertyName : JsonTokenType.String;
    }

    /// <summary>Behind white space and what separates tokens.</summary>
    private readonly int Behind(int at)
    {
        while (at < _json.Length && (_json[at] is (byte)',' or (byte)':' || IsSpace(_json[at]))) at++;
        return at;
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
