using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Alerts;

/// <summary>One thing that happened. Kept until every channel that takes it has it.</summary>
internal sealed record Alert
{
    /// <summary>The same for one thing that happened, however often it arrives.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="AlertEvents"/>.</summary>
    public required string Event { get; init; }

    public required DateTimeOffset At { get; init; }

    public AlertAccount? Account { get; init; }

    /// <summary>The quota window by its length, such as <c>5h</c>.</summary>
    public string? Window { get; init; }

    public double? LeftPercent { get; init; }

    /// <summary>When the account serves again, a window begins anew, a banked reset expires or a sign-in ends: what the event is about.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When a window that was reset early would have been.</summary>
    public DateTimeOffset? Announced { get; init; }

    /// <summary>Who serves instead.</summary>
    public AlertAccount? Next { get; init; }

    /// <summary>What is new, such as the names of clients.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>How many there are: of <see cref="Names"/>, or alerts that were held back.</summary>
    public int? Count { get; init; }

    public long? FreeBytes { get; init; }

    /// <summary>The account works with its last token until <see cref="Until"/>.</summary>
    public bool StillWorks { get; init; }

    /// <summary>A channel that takes this event needs this alert no more: it says the same.</summary>
    public string? SaidBy { get; init; }

    public static Alert Of(string name, DateTimeOffset at, string subject = "") =>
        new() { Id = ManagedSha256.Hex($"{name}|{subject}|{at.UtcTicks}", 8), Event = name, At = at };
}

/// <summary>An account as alerts name it.</summary>
/// <param name="Id">Tells accounts apart without saying whose they are.</param>
/// <param name="Number">Its place in the account file, from 1.</param>
/// <param name="Email">Told only on channels that ask for it.</param>
internal sealed record AlertAccount(string Id, int Number, string? Label, string? Workspace, string Email)
{
    public static string IdOf(string key) => $"acc_{ManagedSha256.Hex(key, 4)}";

    public string Name(bool withEmail) => Label is not null && Workspace is not null ? $"{Label} · {Workspace}" : Label ?? (withEmail ? Email : Workspace) ?? $"account {Number}";
}
