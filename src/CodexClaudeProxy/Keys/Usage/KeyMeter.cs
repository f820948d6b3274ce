using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Keys.Usage;

/// <summary>What one finished request of a key used.</summary>
/// <param name="Request">The request's id.</param>
/// <param name="Asked">The model as the client named it, without a marker behind it; null when it named none.</param>
/// <param name="Meant">The model that was asked; null when it is not known.</param>
internal sealed record KeyUse(string Request, DateTimeOffset At, string? Asked, string? Meant, long Input, long Output, double Usd);

/// <summary>How far a limit is used up.</summary>
/// <param name="Used">In the limit's own unit.</param>
/// <param name="FreeAt">Reached: when it lets requests through again. Not reached: when its span ends; null for a rolling one.</param>
internal sealed record LimitStanding(KeyLimit Limit, double Used, DateTimeOffset? FreeAt)
{
    public bool IsReached => Used >= Limit.Maximum;
}

/// <summary>
/// What a key has used in the time that its limits may ask for, summed up in points of five minutes. Not for two callers at a time.
/// </summary>
internal sealed class KeyMeter
{
    /// <summary>Days begin at multiples of it in every zone, and a month of it takes a megabyte at most.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    private readonly List<Point> _points = [];

    public DateTimeOffset? LastUsed { get; private set; }

    public void NoteUse(DateTimeOffset at)
    {
        if (LastUsed is null || at > LastUsed) LastUsed = at;
    }

    public void Add(KeyUse use)
    {
        NoteUse(use.At);
        long slot = use.At.UtcTicks / Length.Ticks;
        // Requests come nearly in the order of their end.
        int place = _points.Count;
        while (place > 0 && _points[place - 1].Slot > slot) place--;
        Point? point = null;
        for (int i = place - 1; i >= 0 && _points[i].Slot == slot; i--)
        {
            if (_points[i].Asked == use.Asked && _points[i].Meant == use.Meant) point = _points[i];
        }

        if (point is null) _points.Insert(place, point = new Point(slot, use.Asked, use.Meant));
        point.Requests++;
        point.Input += use.Input;
        point.Output += use.Output;
        point.Usd += use.Usd;
    }

    /// <summary>Forgets what no limit asks for any more.</summary>
    public void Prune(DateTimeOffset now)
    {
        DateTimeOffset oldest = now - KeyLimit.Longest;
        int gone = _points.FindIndex(point => point.End > oldest);
        if (gone != 0) _points.RemoveRange(0, gone < 0 ? _points.Count : gone);
    }

    public LimitStanding StandingOf(KeyLimit limit, DateTimeOffset now, TimeZoneInfo zone)
    {
        (DateTimeOffset begin, DateTimeOffset? end) = limit.Of(now, zone);
        double used = 0;
        int first = _points.Count;
        while (first > 0 && _points[first - 1].End > begin)
        {
            first--;
            used += AmountOf(limit, _points[first]);
        }

        if (limit.Rolling is not { } length) return new LimitStanding(limit, used, end);
        return new LimitStanding(limit, used, used >= limit.Maximum ? FreeAt(limit, first, used, length) : null);
    }

    /// <summary>When so much of a rolling span has left it that the rest is below the maximum.</summary>
    private DateTimeOffset? FreeAt(KeyLimit limit, int first, double used, TimeSpan length)
    {
        for (int i = first; i < _points.Count; i++)
        {
            used -= AmountOf(limit, _points[i]);
            if (used < limit.Maximum) return _points[i].End + length;
        }

        return null;
    }

    private static double AmountOf(KeyLimit limit, Point point)
    {
        if (limit.Model is { } model && !Fits(model, point.Asked, point.Meant)) return 0;
        return limit.Kind switch
        {
            KeyLimit.InputTokens => point.Input,
            KeyLimit.OutputTokens => point.Output,
            KeyLimit.CostUsd => point.Usd,
            KeyLimit.Requests => point.Requests,
            _ => point.Input + point.Output,
        };
    }

    /// <summary>A limit for a model is about what was asked for by its name, and about what was sent to it.</summary>
    public static bool Fits(string model, string? asked, string? meant) =>
        (asked is not null && ModelPatterns.Match([model], asked)) || (meant is not null && ModelPatterns.Match([model], meant));

    private sealed class Point(long slot, string? asked, string? meant)
    {
        public long Slot => slot;

        public string? Asked => asked;

        public string? Meant => meant;

        public DateTimeOffset End => new((slot + 1) * Length.Ticks, TimeSpan.Zero);

        public long Requests { get; set; }

        public long Input { get; set; }

        public long Output { get; set; }

        public double Usd { get; set; }
    }
}
