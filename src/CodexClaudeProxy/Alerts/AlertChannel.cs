using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Alerts;

/// <summary>The way alerts go.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChannelKind>))]
internal enum ChannelKind
{
    /// <summary>Our own JSON to any address.</summary>
    [JsonStringEnumMemberName("webhook")]
    Webhook,

    [JsonStringEnumMemberName("ntfy")]
    Ntfy,

    [JsonStringEnumMemberName("slack")]
    Slack,

    [JsonStringEnumMemberName("discord")]
    Discord,

    /// <summary>A program of the owner's, with the JSON on its standard input.</summary>
    [JsonStringEnumMemberName("command")]
    Command,

    /// <summary>A notification of the desktop.</summary>
    [JsonStringEnumMemberName("desktop")]
    Desktop,
}

/// <summary>Where alerts go. Its address, authorization and secret are never shown.</summary>
internal sealed record AlertChannel
{
    public const int LongestName = 40;
    private const int LongestSecret = 1000;
    private const int MostArguments = 50;

    public string Name { get; init; } = "";

    public ChannelKind Kind { get; init; }

    /// <summary>For ntfy with the topic at its end.</summary>
    public string? Url { get; init; }

    /// <summary>The value of the header of that name.</summary>
    public string? Authorization { get; init; }

    /// <summary>What a webhook is signed with.</summary>
    public string? Secret { get; init; }

    /// <summary>A program and its arguments.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Null for the usual ones.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    public bool IncludeEmail { get; init; }

    /// <summary>It is an option of the program and not in the file.</summary>
    [JsonIgnore]
    public bool IsOption { get; init; }

    [JsonIgnore]
    public bool HasAddress => Kind is ChannelKind.Webhook or ChannelKind.Ntfy or ChannelKind.Slack or ChannelKind.Discord;

    /// <summary>For people: the host and the end of an address, or the program without its arguments.</summary>
    [JsonIgnore]
    public string Shown => Kind switch
    {
        ChannelKind.Command => Command is [var program, ..] ? Path.GetFileName(program) : "…",
        ChannelKind.Desktop => "this computer",
        _ => Url is null ? "…" : AlertAddress.Mask(Url),
    };

    public bool Takes(Alert alert)
    {
        if (alert.Event is AlertEvents.Test or AlertEvents.HeldBack) return true;
        IReadOnlyList<string> events = Events ?? AlertEvents.Usual;
        return events.Contains(alert.Event) && !(alert.SaidBy is { } same && events.Contains(same));
    }

    /// <summary>What is wrong with it: the member, and what it must be; null when it can be used.</summary>
    public (string Member, string Message)? Problem()
    {
        if (!IsName(Name)) return ("name", $"must be 1 to {LongestName} letters, digits, dots, dashes or underscores");
        if (Kind == ChannelKind.Command && Command is not { Count: > 0 and <= MostArguments } or [""]) return ("command", "must be a program and its arguments");
        if (Kind != ChannelKind.Command && Command is not null) return ("command", "belongs to channels of the kind command only");
        if (HasAddress && AlertAddress.ProblemOf(Url, Kind) is { } wrong) return ("url", wrong);
        if (!HasAddress && Url is not null) return ("url", $"does not belong to a channel of the kind {KindName}");
        if (Authorization is not null && (!HasAddress || !IsHeader(Authorization))) return ("authorization", "must be the value of a header, such as Bearer and a token, of a channel with an address");
        if (Secret is not null && (Kind != ChannelKind.Webhook || Secret.Length is 0 or > LongestSecret)) return ("secret", $"must be 1 to {LongestSecret} characters, of a webhook");
        return Events?.FirstOrDefault(static name => !AlertEvents.IsKnown(name)) is { } unknown
            ? ("events", $"must be some of: {string.Join(", ", AlertEvents.All.Select(static known => known.Name))}; '{unknown}' is none")
            : null;
    }

    [JsonIgnore]
    public string KindName => Kind.ToString().ToLowerInvariant();

    /// <summary>Not the secrets: records print all their members.</summary>
    public override string ToString() => $"{Name} ({KindName})";

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && name.All(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_');

    private static bool IsHeader(string value) => value.Length is > 0 and <= LongestSecret && value.All(static c => c is >= ' ' and <= '~');
}

/// <summary>What <c>alert-channels.json</c> holds.</summary>
internal sealed record AlertChannelFile
{
    public IReadOnlyList<AlertChannel> Channels { get; init; } = [];
}
