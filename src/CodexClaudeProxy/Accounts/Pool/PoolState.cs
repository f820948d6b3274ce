using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>What the pool has learnt, in <c>state.json</c>. It is read as far as it can be: what is of another kind is as good as absent.</summary>
internal sealed record PoolState
{
    /// <summary>Of this format. Not read: there is only one.</summary>
    public int Version { get; } = 1;

    /// <summary>The id of the account that was the active one; null for none.</summary>
    public string? Active { get; init; }

    /// <summary>The id of the account the last new conversation went to; null for none.</summary>
    public string? Last { get; init; }

    [JsonConverter(typeof(LenientList<KeptClock>))]
    public IReadOnlyList<KeptClock>? Clocks { get; init; }

    /// <summary>The account's id by a hash of the conversation, the longest unused first.</summary>
    [JsonConverter(typeof(LenientMap))]
    public IReadOnlyDictionary<string, string>? Conversations { get; init; }

    [JsonConverter(typeof(LenientList<KeptSeries>))]
    public IReadOnlyList<KeptSeries>? History { get; init; }
}

/// <summary>A clock that had not run down, see <see cref="AccountClocks"/>.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="Model">Absent for the whole account.</param>
/// <param name="ExhaustedUntil">The end of the window that is used up; absent for a cooldown.</param>
/// <param name="CoolingUntil">The end of the cooldown; absent for an exhaustion.</param>
/// <param name="Reason">For people.</param>
/// <param name="Since">When the backend said so, or when the cooldown began.</param>
/// <param name="Fault">True when nobody said that waiting helps; absent otherwise.</param>
internal sealed record KeptClock(
    string? Account,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExhaustedUntil,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? CoolingUntil,
    string? Reason,
    DateTimeOffset? Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Fault);
