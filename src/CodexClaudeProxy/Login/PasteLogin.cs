using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace CodexClaudeProxy.Login;

/// <summary>Finishes a browser login by hand: the person pastes the address the browser ended at, or the code out of it.</summary>
internal sealed class PasteLogin(LoginSessions sessions, TokenExchange exchange)
{
    private const int ShortestCode = 10;

    /// <summary>The session a pasted text is meant for: the named one, else the one its state tells, else the only one that waits.</summary>
    /// <param name="id">Null or empty when the caller does not tell.</param>
    public LoginSession? FindSession(string? id, string input)
    {
        if (!string.IsNullOrEmpty(id)) return sessions.Find(id);
        if (Parse(input).State is { } state) return sessions.FindByState(state);
        return sessions.WaitingForBrowser is [var only] ? only : null;
    }

    /// <summary>A text that cannot be used leaves the session waiting for a better one.</summary>
    public async Task<PasteResult> FinishAsync(LoginSession session, string input)
    {
        if (session.Authorization is not { } asked) return PasteResult.Refused("This sign-in does not wait for a code");
        Pasted pasted = Parse(input);
        if (pasted.State is not null && sessions.FindByState(pasted.State) != session) return PasteResult.Refused("The address belongs to another sign-in; open the newest address and try again");
        if (pasted.OAuthError is { } refusal)
        {
            session.TryEnd(LoginProgress.Failed(refusal));
            return PasteResult.Refused(refusal);
        }

        if (pasted.Code is not { } code) return PasteResult.Refused(pasted.Problem!);
        if (!session.TryClaim()) return PasteResult.Refused(session.Progress.Message ?? "The code was already received");
        LoginProgress end = await exchange.RunAsync(session, code, asked.RedirectUri, asked.Pkce.Verifier);
        return end.Stage == LoginStage.Done ? new PasteResult(end, null) : PasteResult.Refused(end.Message!);
    }

    private static Pasted Parse(string input)
    {
        // Terminals and chat programs like to wrap addresses in something.
        string text = input.Trim().Trim('"', '\'', '<', '>').Trim();
        bool isAddress = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (isAddress && !Uri.TryCreate(text, UriKind.Absolute, out _)) return new Pasted { Problem = "Invalid URL format" };

        // Some browsers leave the scheme out when an address is copied; a code never contains an equals sign.
        bool hasQuery = isAddress || text.Contains("code=", StringComparison.Ordinal) || text.Contains("error=", StringComparison.Ordinal);
        if (!hasQuery) return text.Length < ShortestCode ? new Pasted { Problem = "Input is too short to be a valid authorization code" } : new Pasted { Code = text };

        string query = text[(text.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('#')[0];
        Dictionary<string, StringValues> values = QueryHelpers.ParseQuery(query);
        string? Value(string name) => values.TryGetValue(name, out StringValues all) && all[0] is { Length: > 0 } first ? first : null;
        return new Pasted
        {
            Code = Value("code"),
            State = Value("state"),
            OAuthError = OAuthError.Describe(Value("error"), Value("error_description")),
            Problem = "No authorization code found in URL",
        };
    }

    /// <summary>What a pasted text holds.</summary>
    private sealed record Pasted
    {
        public string? Code { get; init; }

        public string? State { get; init; }

        public string? OAuthError { get; init; }

        /// <summary>Why there is no code.</summary>
        public string? Problem { get; init; }

        public override string ToString() => "pasted text";
    }
}

/// <param name="End">Set when the account is signed in.</param>
/// <param name="Error">Why not, else.</param>
internal sealed record PasteResult(LoginProgress? End, string? Error)
{
    public static PasteResult Refused(string error) => new(null, error);
}
