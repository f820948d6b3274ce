using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Login;

/// <summary>How far a login is.</summary>
/// <param name="Message">For the person: why it failed, or that it succeeded. Never a code or a token.</param>
/// <param name="Account">The key of the account that was signed in.</param>
internal sealed record LoginProgress(LoginStage Stage, string? Message = null, string? Email = null, string? Account = null)
{
    public static readonly LoginProgress Waiting = new(LoginStage.Waiting);
    public static readonly LoginProgress Exchanging = new(LoginStage.Exchanging);
    public static readonly LoginProgress Expired = new(LoginStage.Expired, "The sign-in took too long. Start it again.");

    public bool HasEnded => Stage > LoginStage.Exchanging;

    public static LoginProgress Done(Account account) =>
        new(LoginStage.Done, $"Signed in as {account.Email} ({account.PlanType})", account.Email, account.Key);

    public static LoginProgress Failed(string reason) => new(LoginStage.Failed, reason);

    public static LoginProgress Cancelled(string reason) => new(LoginStage.Cancelled, reason);
}

[JsonConverter(typeof(JsonStringEnumConverter<LoginStage>))]
internal enum LoginStage
{
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    [JsonStringEnumMemberName("exchanging")]
    Exchanging,

    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("expired")]
    Expired,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
