using CodexClaudeProxy.Accounts.Refresh;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>
/// Asks upstream what an account has used (<c>GET /wham/usage</c>) and which workspaces it has (<c>GET /wham/accounts/check</c>).
/// </summary>
internal sealed class UsageQuery(AccountCalls calls)
{
    public async Task<UsageReply> FetchAsync(Credential credential, CancellationToken ct)
    {
        Task<CallReply> usage = calls.GetAsync("wham/usage", credential, ct);
        Task<CallReply> workspaces = calls.GetAsync("wham/accounts/check", credential, ct);
        await Task.WhenAll(usage, workspaces);
        CallReply told = AsObject(await usage);
        CallReply checkedOnes = AsObject(await workspaces);
        return new UsageReply
        {
            Usage = told.Json,
            UsageError = told.Error is null ? null : $"Failed to fetch usage: {told.Error}",
            Workspaces = checkedOnes.Json,
            WorkspacesError = checkedOnes.Error is null ? null : $"Failed to fetch account: {checkedOnes.Error}",
            Unauthorized = told.IsUnauthorized,
        };
    }

    private static CallReply AsObject(CallReply reply) => reply.Json?[0] == '[' ? reply with { Json = null, Error = CallReply.NotJson } : reply;
}

/// <summary>Both answers as JSON texts; each may have failed by itself.</summary>
internal sealed record UsageReply
{
    public string? Usage { get; init; }

    public string? UsageError { get; init; }

    public string? Workspaces { get; init; }

    public string? WorkspacesError { get; init; }

    /// <summary>The backend did not accept the token.</summary>
    public bool Unauthorized { get; init; }
}
