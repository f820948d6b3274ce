namespace CodexClaudeProxy.Alerts;

/// <summary>
/// Compares what is observed with what was told before. An alert is made of a change, one time per account and window until its reset; what was already so
/// at the first look is no news, and what is not known changes nothing.
/// </summary>
internal sealed class AlertRules(AlertMemory memory, Observation seen)
{
    /// <summary>A condition that comes and goes is told of no more often than this.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(30);

    /// <summary>A reset is told as a moment or in seconds from now; below this it is the same one.</summary>
    private static readonly TimeSpan SameReset = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SoonExpiring = TimeSpan.FromDays(3);
    private static readonly TimeSpan HalfADay = TimeSpan.FromHours(12);

    /// <summary>Less is a rounding, or the last requests of a window that are counted late.</summary>
    private const double RealDrop = 5;

    private const long DiskLow = 500_000_000;
    private const long DiskFine = 1_000_000_000;
    private const int MostNames = 500;

    private readonly List<Alert> _alerts = [];

    /// <summary>The alerts of an observation. The memory holds it from now on.</summary>
    public static IReadOnlyList<Alert> Compare(AlertMemory memory, Observation seen) => new AlertRules(memory, seen).Compare();

    private List<Alert> Compare()
    {
        foreach (ObservedAccount account in seen.Accounts) Look(account);
        Pool();
        if (Turn("pace", seen.RunsDryAt is not null, null, HalfADay) == Change.On) Tell(AlertEvents.Pace, "", alert => alert with { Until = seen.RunsDryAt });
        bool? isLow = seen.FreeBytes switch { null => null, < DiskLow => true, >= DiskFine => false, _ => null };
        if (Turn("disk", isLow, null, HalfADay) == Change.On) Tell(AlertEvents.DiskLow, "", alert => alert with { FreeBytes = seen.FreeBytes });
        Names(AlertEvents.ClientNew, memory.Clients, seen.Clients);
        Names(AlertEvents.ProtocolDrift, memory.Drift, seen.Drift);
        Forget();
        memory.HasObserved = true;
        return _alerts;
    }

    private void Look(ObservedAccount account)
    {
        string id = account.Account.Id;
        bool isNew = !memory.Accounts.Contains(id);
        if (account.Standing != Standing.Disabled)
        {
            Renewals(account);
            Dry(account, isNew);
            foreach (ObservedWindow window in account.Windows) Low(account, window, isNew);
            SignIn(account, isNew);
            Resets(account);
        }

        memory.Accounts.Add(id);
    }

    private void Dry(ObservedAccount account, bool isNew)
    {
        ObservedWindow? full = account.Windows.Where(static window => window.UsedPercent >= 100).MaxBy(static window => window.ResetsAt ?? DateTimeOffset.MinValue);
        bool? isDry = account.Standing switch { Standing.UsedUp => true, Standing.Ready => false, _ => null };
        switch (Turn($"dry|{account.Account.Id}", isDry, account.Until, Quiet, full?.Length, isNew, tellsEnd: true))
        {
            case Change.On:
                Tell(AlertEvents.AccountDry, account, alert => alert with { Window = full?.Name, LeftPercent = 0, Until = account.Until, Next = seen.Next });
                break;
            case Change.Off:
                bool wasEarly = _alerts.Exists(alert => alert.Event == AlertEvents.ResetEarly && alert.Account == account.Account);
                Tell(AlertEvents.AccountBack, account, alert => alert with { SaidBy = wasEarly ? AlertEvents.ResetEarly : null });
                break;
        }
    }

    private void Low(ObservedAccount account, ObservedWindow window, bool isNew)
    {
        double left = 100 - window.UsedPercent;
        // Of an account that cannot serve at all there is something else to tell.
        bool? isLow = account.Standing is Standing.UsedUp or Standing.NeedsSignIn or Standing.Unclear || left <= 0 ? null : left <= seen.LowPercent;
        if (Turn($"low|{account.Account.Id}|{window.Name}", isLow, window.ResetsAt, TimeSpan.MaxValue, window.Length, isNew) != Change.On) return;
        Tell(AlertEvents.AccountLow, account, alert => alert with { Window = window.Name, LeftPercent = left, Until = window.ResetsAt }, window.Name);
    }

    private void SignIn(ObservedAccount account, bool isNew)
    {
        bool isOut = account.Standing == Standing.NeedsSignIn;
        if (Turn($"signs-out|{account.Account.Id}", isOut ? null : account.IsSigningOut, null, HalfADay, isNew: isNew) == Change.On)
            Tell(AlertEvents.SignInNeeded, account, alert => alert with { StillWorks = true, Until = account.SignsOutAt });
        if (Turn($"signed-out|{account.Account.Id}", isOut, null, Quiet, isNew: isNew) == Change.On) Tell(AlertEvents.SignInNeeded, account, static alert => alert);
    }

    /// <summary>Windows that fell although their reset was still ahead; several of an account are one alert, of the longest.</summary>
    private void Renewals(ObservedAccount account)
    {
        ObservedWindow? longest = null;
        DateTimeOffset? announced = null;
        foreach (ObservedWindow window in account.Windows)
        {
            string key = $"{account.Account.Id}|{window.Name}";
            if (memory.Windows.TryGetValue(key, out WindowBefore? before) && IsEarly(before, window) && !(longest?.Length > window.Length)) (longest, announced) = (window, before.ResetsAt);
            memory.Windows[key] = new WindowBefore(window.UsedPercent, window.ResetsAt);
        }

        // Not a condition that lasts: it is over as soon as it is told.
        string name = $"early|{account.Account.Id}";
        if (Turn(name, longest is not null, null, Quiet) == Change.On)
            Tell(AlertEvents.ResetEarly, account, alert => alert with { Window = longest!.Name, LeftPercent = Math.Clamp(100 - longest.UsedPercent, 0, 100), Until = longest.ResetsAt, Announced = announced });
        memory.Conditions[name].IsOn = false;
    }

    /// <summary>A bigger plan lowers what is used, too, but the reset stays where it was.</summary>
    private bool IsEarly(WindowBefore before, ObservedWindow now) =>
        before.ResetsAt is { } announced && seen.At < announced - SameReset
        && before.UsedPercent - now.UsedPercent >= RealDrop
        && (now.ResetsAt is not { } reset || reset > announced + SameReset);

    private void Resets(ObservedAccount account)
    {
        if (account.Resets is not { } resets) return;
        string id = account.Account.Id;
        bool isFirstList = !memory.Conditions.ContainsKey($"listed|{id}");
        Turn($"listed|{id}", true, null, TimeSpan.MaxValue, isNew: true);
        foreach (ObservedReset reset in resets)
        {
            if (Turn($"expiring|{id}|{reset.Id}", reset.ExpiresAt - seen.At <= SoonExpiring, null, TimeSpan.MaxValue, isNew: isFirstList) == Change.On)
                Tell(AlertEvents.ResetExpiring, account, alert => alert with { Until = reset.ExpiresAt }, reset.Id);
        }
    }

    private void Pool()
    {
        Standing[] all = [.. seen.Accounts.Select(static account => account.Standing).Where(static standing => standing != Standing.Disabled)];
        bool? isDry = all.Length == 0 ? null : all.Contains(Standing.Ready) ? false : all.Contains(Standing.Unclear) ? null : true;
        string? name = Turn("pool", isDry, null, Quiet, tellsEnd: true) switch { Change.On => AlertEvents.PoolDry, Change.Off => AlertEvents.PoolBack, _ => null };
        if (name is null) return;
        Tell(name, "", alert => alert with { Until = name == AlertEvents.PoolDry ? seen.Release : null, Next = seen.Next });
        if (all.Length > 1) return;
        // With one account both say the same.
        string same = name == AlertEvents.PoolDry ? AlertEvents.AccountDry : AlertEvents.AccountBack;
        for (int i = 0; i < _alerts.Count; i++) if (_alerts[i].Event == same) _alerts[i] = _alerts[i] with { SaidBy = name };
    }

    private void Names(string name, HashSet<string> known, IReadOnlyCollection<string> met)
    {
        string[] news = [.. met.Where(each => known.Count < MostNames && known.Add(each))];
        if (news.Length > 0 && memory.HasObserved) Tell(name, news[0], alert => alert with { Names = news, Count = news.Length });
    }

    /// <param name="isOn">Null when nobody can tell.</param>
    /// <param name="until">The reset it lasts until; null when there is none, or when it does not matter.</param>
    /// <param name="quiet">How long nothing is told of the same thing again.</param>
    /// <param name="length">Of the window; resets that differ by less than half of it are the same. Without one they all are.</param>
    /// <param name="isNew">What it is about was not observed before.</param>
    /// <param name="tellsEnd">That it is over is told, too, and as quietly.</param>
    private Change Turn(string key, bool? isOn, DateTimeOffset? until, TimeSpan quiet, TimeSpan? length = null, bool isNew = false, bool tellsEnd = false)
    {
        bool isKnown = memory.Conditions.TryGetValue(key, out Condition? condition);
        if (!isKnown) memory.Conditions[key] = condition = new Condition();
        if (!isKnown && (isNew || !memory.HasObserved))
        {
            (condition!.IsOn, condition.Until) = (isOn == true, until);
            return Change.None;
        }

        if (isOn is not { } on) return Change.None;
        bool isAnother = length is { } window && until is { } next && condition!.Until is { } last && (next - last).Duration() > Tolerance(window);
        if (on == condition!.IsOn && !(on && isAnother)) return Change.None;
        DateTimeOffset? told = on ? condition.ToldOn : tellsEnd ? condition.ToldOff : null;
        if (!isAnother && told is { } before && (quiet == TimeSpan.MaxValue || seen.At - before < quiet)) return Change.None;
        condition.IsOn = on;
        if (on) (condition.ToldOn, condition.Until) = (seen.At, until ?? condition.Until);
        else condition.ToldOff = seen.At;
        return on ? Change.On : Change.Off;
    }

    private static TimeSpan Tolerance(TimeSpan window) => window / 2 > SameReset ? window / 2 : SameReset;

    private void Tell(string name, ObservedAccount account, Func<Alert, Alert> with, string subject = "") =>
        Tell(name, $"{account.Account.Id}|{subject}", alert => with(alert with { Account = account.Account }));

    private void Tell(string name, string subject, Func<Alert, Alert> with) => _alerts.Add(with(Alert.Of(name, seen.At, subject)));

    /// <summary>What belongs to accounts that are gone.</summary>
    private void Forget()
    {
        memory.Accounts.IntersectWith(seen.Accounts.Select(static account => account.Account.Id));
        foreach (string key in memory.Conditions.Keys.Where(key => key.Split('|') is [_, var id, ..] && !memory.Accounts.Contains(id)).ToArray()) memory.Conditions.Remove(key);
        foreach (string key in memory.Windows.Keys.Where(key => !memory.Accounts.Contains(key.Split('|')[0])).ToArray()) memory.Windows.Remove(key);
        // A banked reset that is gone never comes back.
        foreach (ObservedAccount account in seen.Accounts)
        {
            if (account.Resets is not { } resets) continue;
            string prefix = $"expiring|{account.Account.Id}|";
            foreach (string key in memory.Conditions.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !resets.Any(reset => key == prefix + reset.Id)).ToArray()) memory.Conditions.Remove(key);
        }
    }

    private enum Change
    {
        None,
        On,
        Off,
    }
}
