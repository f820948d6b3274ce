using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace CodexClaudeProxy.Login;

/// <summary>
/// What a person pasted to finish a sign-in: the address the browser ended at, or the code out of it. Terminals wrap long lines,
/// messengers add invisible characters, escape the address or put a label before it; all of that is understood. What is not
/// understood gets a <see cref="Problem"/> and is never sent to the login server, where a wrong code would end the sign-in.
/// </summary>
internal sealed partial record PastedText
{
    private const int ShortestCode = 10;
    private const int MostEscapes = 3;

    public string? Code { get; private init; }

    public string? State { get; private init; }

    /// <summary>The login server's own words, when the address brings a refusal.</summary>
    public string? OAuthError { get; private init; }

    /// <summary>Why there is no code, in a sentence without a full stop.</summary>
    public string? Problem { get; private init; }

    /// <param name="isOurs">Whether a state belongs to one of our sign-ins: among several readings of a text that one is right.</param>
    public static PastedText Read(string input, Predicate<string> isOurs)
    {
        string text = Unescape(Visible(input)).Trim().Trim('"', '\'', '`', '<', '>').Trim();
        // White space in an address is a wrapped line, or it is where other text begins.
        string joined = WhiteSpace().Replace(text, "");
        if (!BringsParameters(joined)) return text.Contains("://", StringComparison.Ordinal) ? WithoutParameters(text) : FromBareCode(text);

        PastedText[] readings = [FromParameters(joined), .. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(BringsParameters).Select(FromParameters)];
        return Array.Find(readings, reading => reading.State is { } state && isOurs(state))
            ?? Array.Find(readings, reading => reading.Problem is null)
            ?? readings[0];
    }

    /// <summary>The text begins an address and ends before the state does: a terminal wraps long lines, and the rest comes as further lines.</summary>
    public static bool IsCutShort(string text, int stateLength) =>
        (text.Contains("://", StringComparison.Ordinal) || BringsParameters(text)) && !(StateValue().Match(WhiteSpace().Replace(text, "")) is { Success: true } state && state.Length >= stateLength);

    public override string ToString() => "pasted text";

    /// <summary>Without what nobody sees: zero-width characters, byte order marks, direction marks, escape characters.</summary>
    private static string Visible(string input) => string.Concat(input.Where(letter =>
        char.IsWhiteSpace(letter) || char.GetUnicodeCategory(letter) is not (UnicodeCategory.Format or UnicodeCategory.Control)));

    /// <summary>An address that was itself made part of an address or of a page is escaped as a whole, sometimes more than once.</summary>
    private static string Unescape(string text)
    {
        for (int i = 0; i < MostEscapes && !BringsParameters(text) && EscapedParameter().IsMatch(text); i++) text = Uri.UnescapeDataString(text);
        return text.Contains("&amp;", StringComparison.OrdinalIgnoreCase) ? WebUtility.HtmlDecode(text) : text;
    }

    private static bool BringsParameters(string text) => Parameter().IsMatch(text);

    private static PastedText FromParameters(string text)
    {
        int known = Parameter().Match(text).Index;
        int query = text.LastIndexOf('?', known);
        // Some browsers leave the scheme out when an address is copied, some people the whole address.
        string parameters = (query < 0 ? text[FirstParameter().Match(text).Index..] : text[(query + 1)..]).Split('#')[0].TrimEnd(')', ']', '>', '"', '\'', '`', ',', ';', '.');
        Dictionary<string, StringValues> values = QueryHelpers.ParseQuery(parameters);
        string? Value(string name) => values.TryGetValue(name, out StringValues all) && all[0] is { Length: > 0 } first ? first : null;
        string? code = Value("code");
        bool isDamaged = code is not null && code.Any(letter => !char.IsAscii(letter) || char.IsControl(letter));
        return new PastedText
        {
            Code = isDamaged ? null : code,
            State = Value("state"),
            OAuthError = Login.OAuthError.Describe(Value("error"), Value("error_description")),
            Problem = isDamaged ? "The code in the address is damaged; copy the address once more" : code is null ? "No authorization code found in URL" : null,
        };
    }

    private static PastedText WithoutParameters(string text) => new()
    {
        Problem = text.Contains("/oauth/authorize", StringComparison.Ordinal) ? "This is the address to open in a browser; what is needed is the address the browser ends at"
            : Uri.TryCreate(text, UriKind.Absolute, out _) ? "No authorization code found in URL"
            : "Invalid URL format",
    };

    /// <summary>A code alone, as <c>CODE</c> or <c>CODE#STATE</c>, perhaps behind a label.</summary>
    private static PastedText FromBareCode(string text)
    {
        string code = WrappedLine().Replace(Label().Replace(text, ""), "");
        if (code.Length < ShortestCode) return new PastedText { Problem = "Input is too short to be a valid authorization code" };
        return BareCode().Match(code) is { Success: true } match
            ? new PastedText { Code = match.Groups["code"].Value, State = match.Groups["state"] is { Success: true } state ? state.Value : null }
            : new PastedText { Problem = "This is neither an authorization code nor the address the browser ended at, which begins with http://localhost:1455/auth/callback?code=" };
    }

    [GeneratedRegex(@"\s")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"\s*[\r\n]\s*")]
    private static partial Regex WrappedLine();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(?:code|error)=")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?<![A-Za-z0-9_])(?:code|error|error_description|state|scope|iss)=")]
    private static partial Regex FirstParameter();

    [GeneratedRegex(@"(?:code|error)%(?:25)*3D", RegexOptions.IgnoreCase)]
    private static partial Regex EscapedParameter();

    [GeneratedRegex(@"(?<=[?&]state=)[^&#]+")]
    private static partial Regex StateValue();

    [GeneratedRegex(@"^[\p{L}][\p{L} ]*:\s+")]
    private static partial Regex Label();

    [GeneratedRegex(@"^(?<code>[A-Za-z0-9._~+/=-]{10,})(?:#(?<state>[A-Za-z0-9._~+/=-]+))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex BareCode();
}
