using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>All accounts.</summary>
/// <param name="Accounts">In the order of the account file.</param>
/// <param name="ActiveAccount">The e-mail address of the account the owner chose; null when none is chosen.</param>
/// <param name="Total">How many accounts there are.</param>
internal sealed record AccountsReport(IReadOnlyList<ListedAccount> Accounts, string? ActiveAccount, int Total);

/// <summary>One account with everything about it.</summary>
/// <param name="Email">Its e-mail address.</param>
/// <param name="AccountId">The workspace; empty while no token has told it.</param>
/// <param name="PlanType">Such as <c>plus</c>; <c>unknown</c> until it is known.</param>
/// <param name="AddedAt">When it was added; absent when the account file does not tell.</param>
/// <param name="IsActive">It is the account the owner chose.</param>
/// <param name="TokenExpired">The access token has ended; false for one that does not tell its end.</param>
/// <param name="LastUsed">The last answer it was used for; null when none.</param>
/// <param name="Quota">As in the account file, see <see cref="UsageSummary"/>; null when nothing is known.</param>
/// <param name="Id">The identity: e-mail address and account id with a colon between them. Every route that names an account takes it.</param>
/// <param name="Label">A name given by the owner; null for none.</param>
/// <param name="Workspace">The workspace's name, or the beginning of its id, where it is an organisation's or where several accounts have this e-mail address; else null.</param>
/// <param name="Enabled">False when the owner wants nothing sent with this account.</param>
/// <param name="Priority">From -1000 to 1000; of the usable accounts, those with the lowest number serve.</param>
/// <param name="Reserve">Percent of the weekly window that the owner keeps for himself, from 0 to 100; 0 also where the setting <c>reserves</c> decides.</param>
/// <param name="Reserves">Percent kept of windows by their length, such as <c>5h</c>, as far as it is set for this account.</param>
/// <param name="ExcludedModels">Names and patterns of models that this account never serves.</param>
/// <param name="Proxy">What everything of this account goes through, with its credentials hidden, or <c>direct</c>; null where the environment of the program decides.</param>
/// <param name="BankedResets">How many resets are saved up; null when upstream does not tell.</param>
/// <param name="State"><c>ready</c>, <c>disabled</c>, <c>needs-sign-in</c>, <c>exhausted</c>, <c>reserved</c> or <c>cooling-down</c>.</param>
/// <param name="StateUntil">When the account is usable again; null when it is, or when time alone does not help.</param>
/// <param name="StateDetail">Why, for people; null when the state says it all.</param>
/// <param name="ExpiresAt">The end of the access token; null when it does not tell.</param>
/// <param name="SignsOut">The account works, but with its last token: its owner should sign in again before <paramref name="ExpiresAt"/>.</param>
/// <param name="Source"><c>imported</c> when the tokens are shared with Codex; null otherwise.</param>
/// <param name="Limits">The plan's windows and those of single models; empty when nothing is known.</param>
/// <param name="Clocks">What keeps the account or one of its models from serving now.</param>
internal sealed record ListedAccount(
    string Email, string AccountId, string PlanType, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AddedAt,
    bool IsActive, bool TokenExpired, string? LastUsed, JsonElement? Quota,
    string Id, string? Label, string? Workspace, bool Enabled, int Priority, int Reserve, IReadOnlyDictionary<string, int> Reserves, IReadOnlyList<string> ExcludedModels, string? Proxy, int? BankedResets,
    string State, DateTimeOffset? StateUntil, string? StateDetail, DateTimeOffset? ExpiresAt, bool SignsOut,
    string? Source, IReadOnlyList<WindowReport> Limits, IReadOnlyList<ClockReport> Clocks);

/// <summary>All accounts in short.</summary>
/// <param name="Total">How many accounts there are.</param>
/// <param name="Active">The e-mail address of the account the owner chose; null when none is chosen.</param>
/// <param name="Accounts">In the order of the account file.</param>
internal sealed record AccountsSummary(int Total, string? Active, IReadOnlyList<AccountSummary> Accounts);

/// <summary>One account in short.</summary>
/// <param name="Email">Its e-mail address.</param>
/// <param name="PlanType">Such as <c>plus</c>; <c>unknown</c> until it is known.</param>
/// <param name="IsActive">It is the account the owner chose.</param>
/// <param name="Quota">As in the account file, without workspaces and raw answers; null when nothing is known.</param>
/// <param name="TokenExpired">The access token has ended; false for one that does not tell its end.</param>
/// <param name="LastUsed">The last answer it was used for; null when none.</param>
internal sealed record AccountSummary(string Email, string PlanType, bool IsActive, JsonObject? Quota, bool TokenExpired, string? LastUsed);

/// <summary>How the accounts stand and who serves next.</summary>
/// <param name="Strategy">How an account is chosen for a new conversation.</param>
/// <param name="ActiveAccount">The id of the account the owner chose; null when none is chosen.</param>
/// <param name="Accounts">In the order of the account file.</param>
/// <param name="Next">Per model, who would serve a new conversation.</param>
internal sealed record PoolReport(SelectionStrategy Strategy, string? ActiveAccount, IReadOnlyList<PooledAccount> Accounts, IReadOnlyList<NextAccount> Next);

/// <summary>One account with what it has used.</summary>
/// <param name="Email">Its e-mail address.</param>
/// <param name="Id">The identity: e-mail address and account id with a colon between them. Every route that names an account takes it.</param>
/// <param name="Label">A name given by the owner; null for none.</param>
/// <param name="Workspace">The workspace's name, or the beginning of its id, where it is an organisation's or where several accounts have this e-mail address; else null.</param>
/// <param name="Enabled">False when the owner wants nothing sent with this account.</param>
/// <param name="Priority">From -1000 to 1000; of the usable accounts, those with the lowest number serve.</param>
/// <param name="Reserve">Percent of the weekly window that the owner keeps for himself, from 0 to 100; 0 also where the setting <c>reserves</c> decides.</param>
/// <param name="Reserves">Percent kept of windows by their length, such as <c>5h</c>, as far as it is set for this account.</param>
/// <param name="ExcludedModels">Names and patterns of models that this account never serves.</param>
/// <param name="Proxy">What everything of this account goes through, with its credentials hidden, or <c>direct</c>; null where the environment of the program decides.</param>
/// <param name="BankedResets">How many resets are saved up; null when upstream does not tell.</param>
/// <param name="State"><c>ready</c>, <c>disabled</c>, <c>needs-sign-in</c>, <c>exhausted</c>, <c>reserved</c> or <c>cooling-down</c>.</param>
/// <param name="StateUntil">When the account is usable again; null when it is, or when time alone does not help.</param>
/// <param name="StateDetail">Why, for people; null when the state says it all.</param>
/// <param name="ExpiresAt">The end of the access token; null when it does not tell.</param>
/// <param name="SignsOut">The account works, but with its last token: its owner should sign in again before <paramref name="ExpiresAt"/>.</param>
/// <param name="Plan">Such as <c>plus</c>; <c>unknown</c> until it is known.</param>
/// <param name="Credits">Null when nothing is known of credits.</param>
/// <param name="Windows">The plan's windows and those of single models; empty when nothing is known.</param>
/// <param name="Clocks">What keeps the account or one of its models from serving now.</param>
internal sealed record PooledAccount(
    string Email,
    string Id, string? Label, string? Workspace, bool Enabled, int Priority, int Reserve, IReadOnlyDictionary<string, int> Reserves, IReadOnlyList<string> ExcludedModels, string? Proxy, int? BankedResets,
    string State, DateTimeOffset? StateUntil, string? StateDetail, DateTimeOffset? ExpiresAt, bool SignsOut,
    string Plan, CreditsReport? Credits, IReadOnlyList<WindowReport> Windows, IReadOnlyList<ClockReport> Clocks);

/// <summary>A clock that keeps an account or one of its models from serving.</summary>
/// <param name="Kind"><c>exhausted</c> until a window's reset, or <c>cooling-down</c> after a fault.</param>
/// <param name="Model">Null for the whole account.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Reason">For people.</param>
internal sealed record ClockReport(string Kind, string? Model, DateTimeOffset Until, string Reason);

/// <summary>Who would serve a new conversation with a model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Account">The id of the account; null when none can serve.</param>
/// <param name="Reason">Why this one, or why none.</param>
/// <param name="Release">When none can serve, the first moment one will; null when waiting does not help, or when one can serve.</param>
/// <param name="Candidates">Every account as it was judged for this model.</param>
internal sealed record NextAccount(string Model, string? Account, string Reason, DateTimeOffset? Release, IReadOnlyList<NextCandidate> Candidates);

/// <summary>One account as it was judged for a model.</summary>
/// <param name="Account">Its id.</param>
/// <param name="State">As the state of the account, for this model; also <c>lacks-model</c> and <c>excluded</c>.</param>
/// <param name="Until">When it is usable again; null when it is, or when time alone does not help.</param>
/// <param name="Detail">Why, for people; null when the state says it all.</param>
/// <param name="Priority">From -1000 to 1000; the lowest number serves.</param>
/// <param name="LeftPercent">Percent remaining of the window that decides for the model, the most used one as a rule, from 0 to 100; null when it is not known.</param>
/// <param name="RenewsAt">When that window is reset, for a used-up account the same as <paramref name="Until"/>; null when it is not known.</param>
/// <param name="OffersModel">Whether the account's plan has the model; null when that is not known.</param>
/// <param name="RunningRequests">How many requests the account serves now.</param>
internal sealed record NextCandidate(
    string Account, string State, DateTimeOffset? Until, string? Detail, int Priority, double? LeftPercent, DateTimeOffset? RenewsAt, bool? OffersModel, int RunningRequests);

/// <summary>What came of an operation on one of several accounts.</summary>
/// <param name="Email">The account's e-mail address.</param>
/// <param name="AccountId">The account's workspace, where two accounts may share an address; absent from the answers of routes.</param>
/// <param name="Success">Whether it was done.</param>
/// <param name="Message">What was done, or why not.</param>
internal sealed record AccountOutcome(
    string Email, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AccountId, bool Success, string Message);
