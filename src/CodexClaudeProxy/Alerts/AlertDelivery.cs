namespace CodexClaudeProxy.Alerts;

/// <summary>
/// Brings alerts to their channels, each at its own pace: in order, again until they arrive, with pauses while a channel fails, and no more than
/// a person reads in an hour.
/// </summary>
/// <param name="gate">Held for every look at the memory, and never while something is sent.</param>
internal sealed class AlertDelivery(AlertMemory memory, Lock gate, AlertSender sender, TimeProvider time, ILogger log)
{
    /// <summary>More than this many alerts do not wait: the oldest goes.</summary>
    public const int MostWaiting = 64;

    /// <summary>In an hour; what is beyond is counted, and told in one alert when there is room again.</summary>
    public const int MostInAnHour = 20;

    private const int FailuresUntilPause = 3;
    private const int MostRecent = 20;

    private static readonly TimeSpan BetweenFailures = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>What is this old is no news.</summary>
    private static readonly TimeSpan TooOld = TimeSpan.FromHours(24);

    /// <summary>Puts alerts in line where they are taken.</summary>
    public void Enqueue(IReadOnlyList<AlertChannel> channels, IReadOnlyList<Alert> alerts)
    {
        lock (gate)
        {
            foreach (string gone in memory.Channels.Keys.Where(name => channels.All(channel => channel.Name != name)).ToArray()) memory.Channels.Remove(gone);
            foreach (Alert alert in alerts)
            {
                AlertChannel[] takers = [.. channels.Where(channel => channel.Takes(alert))];
                if (takers.Length == 0) continue;
                memory.Recent.Add(alert);
                if (memory.Recent.Count > MostRecent) memory.Recent.RemoveAt(0);
                foreach (AlertChannel taker in takers) Enqueue(StateOf(taker), alert);
            }
        }
    }

    /// <summary>Sends what is due, to all channels at the same time.</summary>
    /// <returns>True when something was sent, or tried.</returns>
    public async Task<bool> SendAsync(IReadOnlyList<AlertChannel> channels, AlertBodies bodies, CancellationToken ct)
    {
        bool[] sent = await Task.WhenAll(channels.Select(channel => SendAsync(channel, bodies, ct)));
        return sent.Contains(true);
    }

    /// <summary>Sends a test now, past everything that waits.</summary>
    public async Task<SendResult> TestAsync(AlertChannel channel, AlertBodies bodies, CancellationToken ct)
    {
        SendResult result = await sender.SendAsync(channel, Alert.Of(AlertEvents.Test, time.GetUtcNow(), channel.Name), bodies, ct);
        lock (gate)
        {
            ChannelState state = StateOf(channel);
            Note(channel, state, result);
            // Somebody has just put it right.
            if (result.IsDelivered) state.PausedUntil = null;
        }

        return result;
    }

    private async Task<bool> SendAsync(AlertChannel channel, AlertBodies bodies, CancellationToken ct)
    {
        for (bool any = false; ; any = true)
        {
            Alert? alert;
            lock (gate) alert = Next(StateOf(channel));
            if (alert is null) return any;
            SendResult result = await sender.SendAsync(channel, alert, bodies, ct);
            lock (gate)
            {
                ChannelState state = StateOf(channel);
                Note(channel, state, result);
                if (!result.IsDelivered && !result.IsRefusal) return true;
                if (result.IsRefusal) state.Dropped++;
                if (alert.Event == AlertEvents.HeldBack) state.HeldBack.Clear();
                // The queue may have been cut meanwhile.
                state.Waiting.Remove(alert);
            }
        }
    }

    /// <summary>What to send now; null for nothing.</summary>
    private Alert? Next(ChannelState state)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (state.PausedUntil > now) return null;
        state.Dropped += state.Waiting.RemoveAll(alert => now - alert.At > TooOld);
        state.Sent.RemoveAll(at => now - at >= Hour);
        if (state.Sent.Count >= MostInAnHour)
        {
            foreach (Alert alert in state.Waiting) state.HeldBack[alert.Event] = state.HeldBack.GetValueOrDefault(alert.Event) + 1;
            state.Waiting.Clear();
            return null;
        }

        if (state.HeldBack.Count == 0) return state.Waiting.FirstOrDefault();
        int count = state.HeldBack.Values.Sum();
        return Alert.Of(AlertEvents.HeldBack, now) with { Count = count, Names = [.. state.HeldBack.Select(static held => $"{held.Value} × {held.Key}")] };
    }

    private static void Enqueue(ChannelState state, Alert alert)
    {
        state.Waiting.Add(alert);
        if (state.Waiting.Count <= MostWaiting) return;
        state.Waiting.RemoveAt(0);
        state.Dropped++;
    }

    private void Note(AlertChannel channel, ChannelState state, SendResult result)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (result.IsDelivered)
        {
            if (state.Failures > 0) Log.DeliveredAgain(log, channel.Name);
            (state.LastDelivered, state.Failures, state.PausedUntil) = (now, 0, null);
            state.Sent.Add(now);
            return;
        }

        (state.LastFailed, state.LastError) = (now, result.Error);
        if (state.Failures++ == 0) Log.NotDelivered(log, channel.Name, result.Error!);
        state.PausedUntil = now + (state.Failures < FailuresUntilPause ? BetweenFailures : Pause);
    }

    private ChannelState StateOf(AlertChannel channel)
    {
        if (!memory.Channels.TryGetValue(channel.Name, out ChannelState? state)) memory.Channels[channel.Name] = state = new ChannelState();
        return state;
    }
}
