using System.Buffers;
using System.Text;

namespace CodexClaudeProxy.Protocol;

/// <summary>
/// Takes secrets out of text that is going to be seen: what looks like one by itself, what stands where one stands (after <c>Bearer</c>,
/// or as the value of a member, parameter or header that holds one), and those that are known. E-mail addresses only when that is wished.
/// </summary>
/// <param name="known">A secret of any form, for instance the access key.</param>
public sealed class Redaction(string? known = null)
{
    private const string Mark = "[redacted]";

    /// <summary>Nobody would call something shorter a secret, and taking it out would hurt every line.</summary>
    private const int ShortestKnown = 4;

    private const int ShortestValue = 8;
    private const int ShortestShape = 16;
    private const int ShortestRandom = 40;
    private const int ShortestRandomPart = 20;

    private static readonly SearchValues<char> WordChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~");
    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n\"'`,;&)]}<>\\");
    private static readonly SearchValues<char> MailChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+");

    /// <summary>How tokens and keys of the issuers begin.</summary>
    private static readonly string[] Shapes = ["eyJ", "sk-", "sk_", "rt_", "rt.", "rt-", "ac_", "sess-", "sess_", "at-", "at_", "oaistb_", "ccp_"];

    /// <summary>Compared without case, hyphens and underscores.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SecretNames = new HashSet<string>(
        [
            "authorization", "proxyauthorization", "cookie", "setcookie", "apikey", "xapikey", "accesskey", "token", "accesstoken", "refreshtoken", "idtoken",
            "authtoken", "sessiontoken", "subjecttoken", "codeverifier", "verifier", "authorizationcode", "deviceauthid", "devicecode", "usercode",
            "clientsecret", "secret", "password", "anthropicauthtoken", "anthropicapikey", "openaiapikey",
        ]).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string? _known = known is { Length: >= ShortestKnown } ? known : null;
    private volatile bool _maskMails;

    /// <summary>Shows of an address only its first letter and its domain. May be changed at any time.</summary>
    public bool MaskMails
    {
        get => _maskMails;
        set => _maskMails = value;
    }

    /// <summary>The text itself when there is nothing in it.</summary>
    public string Scrub(string text)
    {
        if (_known is not null) text = text.Replace(_known, Mark, StringComparison.Ordinal);
        text = ScrubWords(text);
        return _maskMails && text.Contains('@', StringComparison.Ordinal) ? MaskAddresses(text) : text;
    }

    private static string ScrubWords(string text)
    {
        StringBuilder? clean = null;
        int copied = 0;
        int at = 0;
        while (at < text.Length)
        {
            int begin = text.AsSpan(at).IndexOfAny(WordChars);
            if (begin < 0) break;
            begin += at;
            int end = text.AsSpan(begin).IndexOfAnyExcept(WordChars);
            end = end < 0 ? text.Length : begin + end;
            at = end;

            (int from, int to) = SecretAt(text, begin, end);
            if (from == to) continue;
            (clean ??= new StringBuilder(text.Length)).Append(text, copied, from - copied).Append(Mark);
            copied = at = to;
        }

        return clean is null ? text : clean.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The secret that a word is, or that it announces; an empty range for neither.</summary>
    private static (int From, int To) SecretAt(string text, int begin, int end)
    {
        if (begin >= 1 && text[begin - 1] == '%' && end - begin > 2) begin += 2; // An escaped character, as in "code%3Dac_1".
        ReadOnlySpan<char> word = text.AsSpan(begin, end - begin);
        if (word.Length >= ShortestShape)
        {
            int shape = ShapeIn(word);
            if (shape >= 0) return (begin + shape, ValueEnd(text, begin + shape));
            if (word.Length >= ShortestRandom && IsRandom(word)) return (begin, end);
        }

        if (word.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return Value(text, SkipSpaces(text, end));
        if (IsParameter(text, begin, end, word)) return Value(text, end + 1);
        if (AssignedAt(text, end) is not (> 0 and int value) || !IsSecretName(word)) return default;
        return word.EndsWith("cookie", StringComparison.OrdinalIgnoreCase) ? Line(text, value) : Value(text, value);
    }

    private static int ShapeIn(ReadOnlySpan<char> word)
    {
        foreach (string shape in Shapes)
        {
            int at = word.IndexOf(shape, StringComparison.Ordinal);
            if (at >= 0 && word.Length - at >= ShortestShape && (at == 0 || !char.IsAsciiLetterOrDigit(word[at - 1])) && HasDigitOrCapital(word[(at + shape.Length)..])) return at;
        }

        return -1;
    }

    /// <summary>Names of types, files and tools are long too, but are made of short words.</summary>
    private static bool IsRandom(ReadOnlySpan<char> word)
    {
        if (word.Contains('.')) return false;
        foreach (Range range in word.SplitAny('_', '-'))
        {
            ReadOnlySpan<char> part = word[range];
            if (part.Length >= ShortestRandomPart && part.ContainsAnyInRange('0', '9') && part.ContainsAnyInRange('a', 'z') && part.ContainsAnyInRange('A', 'Z')) return true;
        }

        return false;
    }

    /// <summary>Tells "sk-proj-4fGh…" from "sk-like-names-of-models".</summary>
    private static bool HasDigitOrCapital(ReadOnlySpan<char> rest) => rest.ContainsAnyInRange('0', '9') || rest.ContainsAnyInRange('A', 'Z');

    /// <summary>In an address "code" and "state" hold a login's secrets; elsewhere they are everyday words.</summary>
    private static bool IsParameter(string text, int begin, int end, ReadOnlySpan<char> word) =>
        end < text.Length && text[end] == '=' && (begin == 0 || text[begin - 1] is '?' or '&' or ' ' or '"' or '#') && word is "code" or "state" or "key";

    private static bool IsSecretName(ReadOnlySpan<char> word)
    {
        if (word.Length > 32) return false;
        Span<char> plain = stackalloc char[32];
        int length = 0;
        foreach (char letter in word)
        {
            if (letter is not ('-' or '_')) plain[length++] = char.ToLowerInvariant(letter);
        }

        return SecretNames.Contains(plain[..length]);
    }

    /// <summary>Where the value begins when the word before is a name: <c>name=value</c>, <c>name: value</c>, <c>"name":"value"</c>; else 0.</summary>
    private static int AssignedAt(string text, int at)
    {
        while (at < text.Length && text[at] is '"' or '\'' or '\\') at++;
        at = SkipSpaces(text, at);
        if (text.AsSpan(at).StartsWith("%3D", StringComparison.OrdinalIgnoreCase)) return at + 3;
        return at < text.Length && text[at] is '=' or ':' ? at + 1 : 0;
    }

    private static (int From, int To) Value(string text, int at)
    {
        int begin = at;
        at = SkipSpaces(text, at);
        while (at < text.Length && text[at] is '"' or '\'' or '\\' or '[') at++;
        int scheme = text.AsSpan(at) switch
        {
            ['B' or 'b', 'e', 'a', 'r', 'e', 'r', ' ', ..] => 7,
            ['B' or 'b', 'a', 's', 'i', 'c', ' ', ..] => 6,
            _ => 0,
        };
        at = SkipSpaces(text, at + scheme);
        if (text.AsSpan(at).StartsWith(Mark.AsSpan(1))) return default;
        int end = ValueEnd(text, at);
        // "token: Unrecognized value" and "Bearer authentication is needed" are only words.
        bool isProse = scheme == 0 && begin < text.Length && (text[begin] == ' ' || text[begin - 1] == ' ') && !text.AsSpan(at, end - at).ContainsAnyExcept(Letters);
        return end - at >= ShortestValue && !isProse ? (at, end) : default;
    }

    /// <summary>Cookies stand one after the other.</summary>
    private static (int From, int To) Line(string text, int at)
    {
        at = SkipSpaces(text, at);
        if (text.AsSpan(at).StartsWith(Mark)) return default;
        int length = text.AsSpan(at).IndexOfAny('\r', '\n', '"');
        return (at, length < 0 ? text.Length : at + length);
    }

    private static int ValueEnd(string text, int at)
    {
        int length = text.AsSpan(at).IndexOfAny(ValueEnds);
        return length < 0 ? text.Length : at + length;
    }

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
        return at;
    }

    private static string MaskAddresses(string text)
    {
        var masked = new StringBuilder(text.Length);
        int copied = 0;
        for (int at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            int name = text.AsSpan(copied, at - copied).LastIndexOfAnyExcept(MailChars) + 1 + copied;
            if (name == at || at + 1 == text.Length || !char.IsLetterOrDigit(text[at + 1])) continue;
            masked.Append(text, copied, name + 1 - copied).Append('…');
            copied = at;
        }

        return masked.Append(text, copied, text.Length - copied).ToString();
    }
}
