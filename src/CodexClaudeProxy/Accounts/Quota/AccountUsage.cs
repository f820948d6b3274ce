using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>
/// Brings an account's quota, plan and routing up to date from the backend, with a token that is fresh. The answer goes into the account
/// file, where every process finds it.
/// </summary>
internal sealed class AccountUsage(AccountStore store, TokenRefresher refresher, UsageQuery query, TimeProvider time)
{
    public async Task<UsageOutcome> FetchAsync(Account account, CancellationToken ct)
    {
        CredentialReply reply = await refresher.GetCredentialAsync(account, ct);
        if (reply.Credential is not { } credential) return new UsageOutcome(reply.Failure!.Message);

        UsageReply answer = await query.FetchAsync(credential, ct);
        if (answer.Unauthorized)
        {
            reply = await refresher.OnUnauthorizedAsync(credential, ct);
            if (reply.Credential is not { } renewed) return new UsageOutcome(reply.Failure!.Message);
            credential = renewed;
            answer = await query.FetchAsync(credential, ct);
        }

        DateTimeOffset now = time.GetUtcNow();
        WorkspaceAnswer? workspace = WorkspaceOf(account, answer);
        string? quota = await store.UpdateAsync(document => Apply(document, account, answer, workspace, now), ct);
        if (workspace is { IsDeactivated: true }) await refresher.TakeOutAsync(credential, "deactivated_workspace");
        if (answer.Usage is null || quota is null) return new UsageOutcome(answer.UsageError ?? "The account was removed");
        using JsonDocument usage = JsonDocument.Parse(answer.Usage, JsonDepth.Document);
        return new UsageOutcome(null) { Quota = quota, Limits = QuotaFormat.ReadAnswer(usage.RootElement, now) };
    }

    /// <summary>Asks about accounts that were just imported. One whose access token has expired waits: to refresh it would sign out the program it comes from, unasked.</summary>
    public Task WelcomeAsync(IEnumerable<Account> imported, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct };
        return Parallel.ForEachAsync(imported.Where(account => account.Enabled && !account.IsExpired(now)), limit, async (account, stop) => await FetchAsync(account, stop));
    }

    private static WorkspaceAnswer? WorkspaceOf(Account account, UsageReply answer)
    {
        if (answer.Workspaces is not { } workspaces) return null;
        using JsonDocument told = JsonDocument.Parse(workspaces, JsonDepth.Document);
        return WorkspacesAnswer.Of(told.RootElement, account.AccountId);
    }

    private static string? Apply(AccountsDocument document, Account account, UsageReply answer, WorkspaceAnswer? workspace, DateTimeOffset now)
    {
        if (document.Accounts.Find(account) is not { } current) return null;
        JsonObject quota = QuotaFormat.Merge(current.Quota, answer, now);
        document.Set(current, "quota", quota);
        if (answer.Usage is not null) document.Set(current, "quotaAskedAt", Times.Iso(now));
        if (answer.Usage is not null && quota["usage"]?["planType"] is { } plan) document.Set(current, "planType", plan.DeepClone());
        if (answer.Workspaces is not null) document.Set(current, "routing", (workspace is null ? null : WorkspaceRouting.Of(workspace.WorkspaceBackendOrigin, workspace.AccountRoutingOverride))?.Write());
        // The old name stays where the answer has none.
        if (workspace is not null && Workspace.Of(workspace.Name, workspace.Structure) is { } described) document.Set(current, "workspace", described.Write());
        return document.Accounts.Find(current)!.Quota;
    }
}

/// <param name="Error">Null when the usage was told; then the other members are set.</param>
internal sealed record UsageOutcome(string? Error)
{
    /// <summary>The stored quota object.</summary>
    public string? Quota { get; init; }

    /// <summary>Null when the answer held no window.</summary>
    public RateLimits? Limits { get; init; }
}
