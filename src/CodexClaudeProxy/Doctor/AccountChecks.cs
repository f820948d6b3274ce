using System.Globalization;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Doctor;

/// <summary>Whether each account can serve, and what models there are. Asks upstream.</summary>
internal static class AccountChecks
{
    private const string SignIn = "Sign in again: codex-claude-proxy login";

    public static IEnumerable<Check> Of(Patient patient)
    {
        AccountList accounts = patient.Store.Read();
        if (accounts.All.IsEmpty) yield return new Check("accounts", "Accounts", _ => Task.FromResult(Verdict.Fail("No account is signed in", "Sign in: codex-claude-proxy login")));
        foreach (Account account in accounts.All) yield return new Check("account:" + account.Key, $"Account {accounts.NameOf(account)}", token => LoginAsync(patient, account, token));
        yield return new Check("models", "Models", token => ModelsAsync(patient, accounts, token));
    }

    private static async Task<Verdict> LoginAsync(Patient patient, Account account, CancellationToken cancellation)
    {
        if (!account.Enabled) return Verdict.Skipped("Disabled by you");
        if (account.NeedsSignIn is not null && account.CannotSend(patient.Time.GetUtcNow())) return Verdict.Fail("The login server has refused its tokens permanently", SignIn);

        CredentialReply reply = await patient.Tokens.GetCredentialAsync(account, cancellation);
        if (reply.Failure is { } failure)
            return failure.Kind == RefreshFailureKind.Transient ? Verdict.Warn(failure.Message, "Try again later") : Verdict.Fail(failure.Message, SignIn);

        UsageOutcome outcome = await patient.Usage.FetchAsync(account, cancellation);
        string through = account.Proxy is not { } proxy ? "" : proxy.IsDirect ? " without a proxy" : $" through the proxy {proxy}";
        if (outcome.Error is { } error) return Verdict.Fail(error, "If this persists, sign in again: codex-claude-proxy login");
        if (outcome.Limits is not { Windows: { Count: > 0 } windows }) return Verdict.Ok($"Signed in{through}; upstream reports no limits");

        string left = string.Join(", ", windows.OrderBy(window => window.Length).Select(window => string.Create(CultureInfo.InvariantCulture, $"{WindowName.Of(window.Length)} {Math.Clamp(Math.Floor(100 - window.UsedPercent), 0, 100)} % remaining")));
        if (account.CannotRenew) return Verdict.Warn($"Works{through}; {left}. Its token cannot be refreshed{(account.ExpiresAt is { } end ? $" and expires on {end.ToLocalTime():yyyy-MM-dd HH:mm}" : "")}", SignIn);
        // As the pool sees it: a full window may go on serving, from credits or while upstream does not say that the limit is reached.
        if (outcome.Limits is { LimitReached: false }) return Verdict.Ok($"Signed in{through}; {left}");
        RateLimitWindow? used = windows.Where(window => window.UsedPercent >= 100).MaxBy(window => window.ResetsAt);
        return used is null ? Verdict.Ok($"Signed in{through}; {left}")
            : Verdict.Warn($"Signed in{through}; {left}", used.ResetsAt is { } reset ? $"The quota resets {TimeText.Until(reset, patient.Time.GetUtcNow(), patient.Settings.TimeZone ?? patient.Time.LocalTimeZone)}. Wait, or add another account" : "Wait for the reset, or add another account");
    }

    private static async Task<Verdict> ModelsAsync(Patient patient, AccountList accounts, CancellationToken cancellation)
    {
        if (accounts.All.FirstOrDefault(account => account.Enabled && !account.CannotSend(patient.Time.GetUtcNow())) is not { } account) return Verdict.Skipped("No account is available to fetch them");
        CredentialReply reply = await patient.Tokens.GetCredentialAsync(account, cancellation);
        if (reply.Credential is not { } credential) return Verdict.Skipped("No account is available to fetch them");
        try
        {
            CatalogueReply answer = await patient.Codex.GetModelsAsync(credential, cancellation);
            return ModelCatalogue.TryParse(answer.Body) is { } models
                ? Verdict.Ok($"{models.Models.Count(model => model.Listed)} models are available, first {models.Models[0].Profile.Slug}")
                : Verdict.Warn("The upstream model list contains no known model", "The built-in list is used; look for a newer version of this program");
        }
        catch (HttpRequestException e)
        {
            return Verdict.Warn($"The list could not be fetched: {e.Message}", "The last known list is used; try again later");
        }
    }
}
