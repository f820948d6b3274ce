namespace CodexClaudeProxy.Activity;

/// <summary>Which requests are meant; null lets everything through.</summary>
internal sealed record RequestFilter
{
    public string? Account { get; init; }

    /// <summary>As asked for or as used.</summary>
    public string? Model { get; init; }

    public string? UpstreamModel { get; init; }

    public string? RequestedModel { get; init; }

    /// <summary>A client's name, with its version or without.</summary>
    public string? Client { get; init; }

    public string? Project { get; init; }

    public string? ErrorType { get; init; }

    /// <summary>A client's key, by its id or by its name at that time.</summary>
    public string? Key { get; init; }

    /// <summary>What is not known of the request; <see cref="Dimension.None"/> for anything.</summary>
    public Dimension Unknown { get; init; }

    public RequestOutcome? Outcome { get; init; }

    public string? Path { get; init; }

    public string? Conversation { get; init; }

    public string? Session { get; init; }

    /// <summary>One kind of side call, <see cref="AnySide"/> or <see cref="NoSide"/>.</summary>
    public string? Side { get; init; }

    public const string AnySide = "any";
    public const string NoSide = "none";

    /// <summary>A part of a model's name, the session, the project or the error, in any case of the letters.</summary>
    public string? Text { get; init; }

    /// <summary>The end of the request lies at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public bool Fits(RequestEntry entry) =>
        (Account is null || Account == entry.Account)
        && (Model is null || Model == entry.RequestedModel || Model == entry.UpstreamModel)
        && (UpstreamModel is null || UpstreamModel == entry.UpstreamModel)
        && (RequestedModel is null || RequestedModel == entry.RequestedModel)
        && (Client is null || ClientName.Fits(Client, entry.UserAgent))
        && (Project is null || Project == entry.Project)
        && (ErrorType is null || ErrorType == entry.ErrorType)
        && (Key is null || KeyName.Fits(Key, entry.Key))
        && (Unknown == Dimension.None || Rollups.ValueOf(entry, Unknown) is null)
        && (Outcome is null || Outcome == entry.Outcome)
        && (Path is null || Path == entry.Path)
        && (Conversation is null || Conversation == entry.Conversation)
        && (Session is null || Session == entry.Session)
        && (Side is null || (Side == AnySide ? entry.SideCall is not null : Side == NoSide ? entry.SideCall is null : Side == entry.SideCall))
        && (From is null || entry.Ended >= From)
        && (To is null || entry.Ended < To)
        && (Text is null || Names(entry.RequestedModel) || Names(entry.UpstreamModel) || Names(entry.Session) || Names(entry.Project)
            || Names(entry.ErrorType) || Names(entry.ErrorCode) || Names(entry.ErrorMessage));

    private bool Names(string? member) => member?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>A part of the list, newest first.</summary>
/// <param name="Next">Where the list goes on, or null at its end. A page may be short, or empty, and the list go on all the same.</param>
internal sealed record RequestPage(IReadOnlyList<RequestEntry> Requests, string? Next);

/// <summary>A part of all requests that are meant, oldest first.</summary>
/// <param name="After">Where the next part begins, or null at the end.</param>
internal sealed record RequestPart(IReadOnlyList<RequestEntry> Entries, long? After);
