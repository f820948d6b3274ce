using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>One wish to redeem a banked reset, noted before it is sent, and what came of it.</summary>
internal sealed record Redemption
{
    public const string ByPerson = "person";
    public const string ByPool = "autoRedeem";

    /// <summary>The backend answered with an error, so nothing was spent.</summary>
    public const string Refused = "refused";

    public const string Reset = "reset";
    public const string AlreadyRedeemed = "already_redeemed";
    public const string NothingToReset = "nothing_to_reset";
    public const string NoCredit = "no_credit";

    /// <summary>The account's id.</summary>
    public string Account { get; init; } = "";

    /// <summary>A UUID, the same for every repetition.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Null where upstream chooses.</summary>
    public string? CreditId { get; init; }

    public DateTimeOffset? CreditExpiresAt { get; init; }

    /// <summary>Who wanted it.</summary>
    public string? By { get; init; }

    public DateTimeOffset? At { get; init; }

    /// <summary>Percent used of the plan's windows before, by their length in seconds.</summary>
    [JsonConverter(typeof(LenientList<UsedWindow>))]
    public IReadOnlyList<UsedWindow>? Before { get; init; }

    /// <summary>Upstream's word; null as long as none has come.</summary>
    public string? Outcome { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When the usage was found to have fallen.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>Nobody knows whether it was done: only the same request may follow.</summary>
    [JsonIgnore]
    public bool IsOpen => Outcome is null;

    /// <summary>Something was spent, or may have been, and the usage does not show it yet.</summary>
    [JsonIgnore]
    public bool IsAwaited => Outcome is not (null or NothingToReset or NoCredit or Refused) && SeenAt is null;

    public static IReadOnlyList<UsedWindow> Used(RateLimits limits) => [.. limits.Windows.Select(window => new UsedWindow(window.Length.TotalSeconds, window.UsedPercent))];

    /// <summary>A window has less used than before: the reset has reached the account.</summary>
    public bool HasReached(RateLimits limits) =>
        Before?.Any(before => limits.Windows.Any(window => window.Length.TotalSeconds == before.Seconds && window.UsedPercent < before.Percent)) == true;
}

/// <summary>What was used of a window.</summary>
internal sealed record UsedWindow(double? Seconds, double? Percent);

/// <summary>The file <c>resets.json</c>.</summary>
internal sealed record Redemptions
{
    /// <summary>Of this format. Not read: there is only one.</summary>
    public int Version { get; } = 1;

    [JsonConverter(typeof(LenientList<Redemption>))]
    public IReadOnlyList<Redemption>? All { get; init; }
}

/// <summary>The contract of the journal.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LenientTime), typeof(LenientText), typeof(LenientNumber)],
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(Redemptions))]
[JsonSerializable(typeof(Redemption))]
[JsonSerializable(typeof(UsedWindow))]
internal sealed partial class RedemptionsContext : JsonSerializerContext;
