namespace CodexClaudeProxy.Login;

/// <summary>Finishes a browser login by hand: the person pastes the address the browser ended at, or the code out of it.</summary>
internal sealed class PasteLogin(LoginSessions sessions, TokenExchange exchange)
{
    /// <summary>The session a pasted text is meant for: the named one, else the one its state tells, else the only one that waits.</summary>
    /// <param name="id">Null or empty when the caller does not tell.</param>
    public LoginSession? FindSession(string? id, string input)
    {
        if (!string.IsNullOrEmpty(id)) return sessions.Find(id);
        if (Read(input).State is { } state) return sessions.FindByState(state);
        return sessions.WaitingForBrowser is [var only] ? only : null;
    }

    /// <summary>
    /// A text that cannot be used leaves the session waiting for a better one, and so does a login server that could not be asked:
    /// then the same text may be pasted again.
    /// </summary>
    public async Task<PasteResult> FinishAsync(LoginSession session, string input)
    {
        if (session.Authorization is not { } asked) return PasteResult.Refused("This sign-in does not wait for a code");
        PastedText pasted = Read(input);
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

    private PastedText Read(string input) => PastedText.Read(input, state => sessions.FindByState(state) is not null);
}

/// <param name="End">Set when the account is signed in.</param>
/// <param name="Error">Why not, else.</param>
internal sealed record PasteResult(LoginProgress? End, string? Error)
{
    public static PasteResult Refused(string error) => new(null, error);
}
