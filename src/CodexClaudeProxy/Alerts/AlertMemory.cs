namespace CodexClaudeProxy.Alerts;

/// <summary>What was observed and told before, in <c>alerts.json</c>: so a restart neither repeats an alert nor forgets one.</summary>
internal sealed record AlertMemory
{
    /// <summary>Something was observed before. Otherwise everything is as it is, and none of it is news.</summary>
    public bool HasObserved { get; set; }

    /// <summary>Every condition by its name and what it is about.</summary>
    public Dictionary<string, Condition> Conditions { get; init; } = [];

    /// <summary>How full each window was, by account and name.</summary>
    public Dictionary<string, WindowBefore> Windows { get; init; } = [];

    /// <summary>The accounts by their id.</summary>
    public HashSet<string> Accounts { get; init; } = [];

    /// <summary>The clients that were met.</summary>
    public HashSet<string> Clients { get; init; } = [];

    /// <summary>What was new to this version, and told.</summary>
    public HashSet<string> Drift { get; init; } = [];

    /// <summary>How it goes with each channel, by its name.</summary>
    public Dictionary<string, ChannelState> Channels { get; init; } = [];

    /// <summary>The latest alerts, the newest last.</summary>
    public List<Alert> Recent { get; init; } = [];
}

/// <summary>One thing that is so or not, and what was told of it.</summary>
internal sealed record Condition
{
    public bool IsOn { get; set; }

    /// <summary>The reset it lasts until: a later one makes it another condition.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>When it was told last that it is so.</summary>
    public DateTimeOffset? ToldOn { get; set; }

    /// <summary>When it was told last that it is over.</summary>
    public DateTimeOffset? ToldOff { get; set; }
}

internal sealed record WindowBefore(double UsedPercent, DateTimeOffset? ResetsAt);

/// <summary>How it goes with a channel.</summary>
internal sealed record ChannelState
{
    public DateTimeOffset? LastDelivered { get; set; }

    public DateTimeOffset? LastFailed { get; set; }

    /// <summary>Why; without addresses and tokens.</summary>
    public string? LastError { get; set; }

    /// <summary>How many deliveries in a row failed.</summary>
    public int Failures { get; set; }

    /// <summary>Nothing is sent before that.</summary>
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>What is still to be sent, the oldest first.</summary>
    public List<Alert> Waiting { get; init; } = [];

    /// <summary>How many alerts never arrived: too many were waiting, or they waited too long.</summary>
    public int Dropped { get; set; }

    /// <summary>How many alerts of each event were held back because there were too many in an hour.</summary>
    public Dictionary<string, int> HeldBack { get; init; } = [];

    /// <summary>When the alerts of the last hour were sent.</summary>
    public List<DateTimeOffset> Sent { get; init; } = [];
}
