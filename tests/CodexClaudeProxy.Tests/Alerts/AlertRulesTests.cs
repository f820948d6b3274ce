using CodexClaudeProxy.Alerts;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary>What is told, when, and how often.</summary>
public sealed class AlertRulesTests
{
    private readonly AlertScene _scene = new();

    [Fact]
    public void Nothing_is_told_of_what_was_so_at_the_first_look()
    {
        DateTimeOffset until = _scene.Now.AddHours(2);
        ObservedAccount signedOut = new(AlertScene.Home, Standing.NeedsSignIn);
        ObservedReset[] resets = [new("r", _scene.Now.AddDays(1))];

        Assert.Empty(_scene.Look(
            seen => seen with { FreeBytes = 1, RunsDryAt = until, Clients = ["Claude Code"], Drift = ["beta-x"] },
            AlertScene.UsedUp(AlertScene.Team, until) with { Resets = resets }, signedOut));
        Assert.Empty(_scene.Look(
            seen => seen with { FreeBytes = 1, RunsDryAt = until, Clients = ["Claude Code"], Drift = ["beta-x"] },
            AlertScene.UsedUp(AlertScene.Team, until) with { Resets = resets }, signedOut));
    }

    [Fact]
    public void A_used_up_account_is_told_once_with_its_window_and_who_goes_on()
    {
        DateTimeOffset until = _scene.Now.AddHours(2);
        _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(90)), AlertScene.Ready(AlertScene.Home));

        Alert alert = Assert.Single(_scene.Look(seen => seen with { Next = AlertScene.Home }, AlertScene.UsedUp(AlertScene.Team, until), AlertScene.Ready(AlertScene.Home)));

        Assert.Equal(("account.dry", "5h", 0.0, until, "acc_2"), (alert.Event, alert.Window, alert.LeftPercent, alert.Until, alert.Next!.Id));
        Assert.Equal("team · Example Ltd: 5h quota window used up until 21:00 UTC+1; going on with home.", new AlertText(TimeZoneInfo.CreateCustomTimeZone("t", TimeSpan.FromHours(1), "t", "t"), withEmail: false).Of(alert));
        Assert.Empty(_scene.Names(AlertScene.UsedUp(AlertScene.Team, until.AddSeconds(40)), AlertScene.Ready(AlertScene.Home)));
    }

    [Fact]
    public void It_is_told_when_it_is_back_and_again_when_the_next_window_is_used_up()
    {
        _scene.Look(AlertScene.Ready(AlertScene.Team), AlertScene.Ready(AlertScene.Home));
        Assert.Equal(["account.dry"], _scene.Names(AlertScene.UsedUp(AlertScene.Team, _scene.Now.AddHours(2)), AlertScene.Ready(AlertScene.Home)));
        _scene.Pass(2);
        Assert.Equal(["account.back"], _scene.Names(AlertScene.Ready(AlertScene.Team), AlertScene.Ready(AlertScene.Home)));
        _scene.Pass(0.1);
        Assert.Equal(["account.dry"], _scene.Names(AlertScene.UsedUp(AlertScene.Team, _scene.Now.AddHours(5)), AlertScene.Ready(AlertScene.Home)));
    }

    [Fact]
    public void One_that_comes_and_goes_is_told_once_and_in_the_end_what_is_so()
    {
        DateTimeOffset until = _scene.Now.AddHours(4);
        _scene.Look(AlertScene.Ready(AlertScene.Team), AlertScene.Ready(AlertScene.Home));
        List<string> told = [];
        for (int i = 0; i < 20; i++)
        {
            _scene.Pass(1.0 / 60);
            told.AddRange(_scene.Names(i % 2 == 0 ? AlertScene.UsedUp(AlertScene.Team, until) : AlertScene.Ready(AlertScene.Team), AlertScene.Ready(AlertScene.Home)));
        }

        Assert.Equal(["account.dry", "account.back"], told);
        _scene.Pass(1);
        Assert.Equal(["account.dry"], _scene.Names(AlertScene.UsedUp(AlertScene.Team, until), AlertScene.Ready(AlertScene.Home)));
    }

    [Theory]
    [InlineData(Standing.Unclear)]
    [InlineData(Standing.Reserved)]
    [InlineData(Standing.NeedsSignIn)]
    [InlineData(Standing.Disabled)]
    internal void What_is_not_clear_neither_alarms_nor_clears(Standing standing)
    {
        DateTimeOffset until = _scene.Now.AddHours(2);
        _scene.Look(AlertScene.Ready(AlertScene.Team), AlertScene.Ready(AlertScene.Home));
        _scene.Look(AlertScene.UsedUp(AlertScene.Team, until), AlertScene.Ready(AlertScene.Home));

        Assert.DoesNotContain(_scene.Names(new ObservedAccount(AlertScene.Team, standing), AlertScene.Ready(AlertScene.Home)), name => name is "account.back" or "account.dry");
        Assert.DoesNotContain("account.dry", _scene.Names(AlertScene.UsedUp(AlertScene.Team, until), AlertScene.Ready(AlertScene.Home)));
    }

    [Fact]
    public void A_restart_neither_repeats_nor_forgets()
    {
        DateTimeOffset until = _scene.Now.AddHours(2);
        _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Week(80)), AlertScene.Ready(AlertScene.Home));
        _scene.Restart();
        Assert.Equal(["account.dry"], _scene.Names(AlertScene.UsedUp(AlertScene.Team, until), AlertScene.Ready(AlertScene.Home)));
        _scene.Restart();
        Assert.Empty(_scene.Names(AlertScene.UsedUp(AlertScene.Team, until), AlertScene.Ready(AlertScene.Home)));
        _scene.Restart();
        Assert.Equal(["account.back"], _scene.Names(AlertScene.Ready(AlertScene.Team), AlertScene.Ready(AlertScene.Home)));
    }

    [Fact]
    public void A_window_is_low_once_until_its_reset()
    {
        ObservedAccount home = AlertScene.Ready(AlertScene.Home);
        _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(80)), home);
        Assert.Empty(_scene.Names(AlertScene.Ready(AlertScene.Team, _scene.Hours(89)), home));
        Alert alert = Assert.Single(_scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(91)), home));
        Assert.Equal(("account.low", "5h", 9.0, _scene.Now.AddHours(2)), (alert.Event, alert.Window, alert.LeftPercent, alert.Until));
        // A late count brings it above the threshold and below it again.
        Assert.Empty(_scene.Names(AlertScene.Ready(AlertScene.Team, _scene.Hours(89)), home));
        Assert.Empty(_scene.Names(AlertScene.Ready(AlertScene.Team, _scene.Hours(95)), home));
        _scene.Pass(2.5);
        Assert.Empty(_scene.Names(AlertScene.Ready(AlertScene.Team, _scene.Hours(1, 4.9)), home));
        Assert.Equal(["account.low"], _scene.Names(AlertScene.Ready(AlertScene.Team, _scene.Hours(92, 4.5)), home));
    }

    [Fact]
    public void A_full_window_is_not_low_and_the_threshold_may_be_off()
    {
        ObservedAccount home = AlertScene.Ready(AlertScene.Home);
        _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(80)), home);
        Assert.Equal(["account.dry"], _scene.Names(AlertScene.UsedUp(AlertScene.Team, _scene.Now.AddHours(2)), home));
        AlertScene other = new() { LowPercent = 0 };
        other.Look(AlertScene.Ready(AlertScene.Team, other.Hours(80)), home);
        Assert.Empty(other.Names(AlertScene.Ready(AlertScene.Team, other.Hours(99)), home));
    }

    [Fact]
    public void A_sign_in_is_asked_for_when_the_last_token_is_in_use_and_again_when_it_has_ended()
    {
        ObservedAccount home = AlertScene.Ready(AlertScene.Home);
        _scene.Look(AlertScene.Ready(AlertScene.Team), home);
        Alert first = Assert.Single(_scene.Look(AlertScene.Ready(AlertScene.Team) with { IsSigningOut = true, SignsOutAt = _scene.Now.AddDays(5) }, home));
        Assert.Equal(("account.sign_in_needed", true, _scene.Now.AddDays(5)), (first.Event, first.StillWorks, first.Until));
        Assert.Empty(_scene.Look(AlertScene.Ready(AlertScene.Team) with { IsSigningOut = true, SignsOutAt = _scene.Now.AddDays(5) }, home));
        _scene.Pass(120);
        Alert second = Assert.Single(_scene.Look(new ObservedAccount(AlertScene.Team, Standing.NeedsSignIn), home));
        Assert.Equal(("account.sign_in_needed", false), (second.Event, second.StillWorks));
        Assert.Empty(_scene.Look(AlertScene.Ready(AlertScene.Team), home));
        _scene.Pass(1);
        Assert.Single(_scene.Look(new ObservedAccount(AlertScene.Team, Standing.NeedsSignIn), home));
    }

    [Fact]
    public void A_window_that_is_renewed_before_its_time_is_told_with_the_longest()
    {
        ObservedAccount home = AlertScene.Ready(AlertScene.Home);
        DateTimeOffset announced = _scene.Now.AddHours(72);
        _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(60), _scene.Week(80)), home);
        _scene.Pass(1);

        Alert alert = Assert.Single(_scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(0, 5), _scene.Week(0, 168)), home));

        Assert.Equal(("account.reset_early", "7d", announced, _scene.Now.AddHours(168)), (alert.Event, alert.Window, alert.Announced, alert.Until));
        Assert.Empty(_scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(0, 5), _scene.Week(0, 168)), home));
    }

    [Fact]
    public void A_reset_in_its_time_a_bigger_plan_and_a_correction_are_no_early_reset()
    {
        ObservedAccount home = AlertScene.Ready(AlertScene.Home);
        _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(60), _scene.Week(80)), home);
        Assert.Empty(_scene.Names(AlertScene.Ready(AlertScene.Team, _scene.Hours(58), _scene.Week(20)), home));
        _scene.Pass(2);
        Assert.Empty(_scene.Names(AlertScene.Ready(AlertScene.Team, _scene.Hours(0, 5), _scene.Week(20, 70)), home));
    }

    [Fact]
    public void An_early_reset_says_that_the_account_is_back()
    {
        _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(60)), AlertScene.Ready(AlertScene.Home));
        _scene.Look(AlertScene.UsedUp(AlertScene.Team, _scene.Now.AddHours(2)), AlertScene.Ready(AlertScene.Home));
        _scene.Pass(0.5);
        IReadOnlyList<Alert> alerts = _scene.Look(AlertScene.Ready(AlertScene.Team, _scene.Hours(0, 5)), AlertScene.Ready(AlertScene.Home));

        Assert.Equal(["account.reset_early", "account.back"], alerts.Select(alert => alert.Event));
        Assert.False(new AlertChannel().Takes(alerts[1]));
        Assert.True(new AlertChannel { Events = ["account.back"] }.Takes(alerts[1]));
    }

    [Fact]
    public void The_pool_is_dry_when_no_account_can_serve_and_back_with_the_first()
    {
        DateTimeOffset until = _scene.Now.AddHours(2);
        ObservedAccount signedOut = new(AlertScene.Home, Standing.NeedsSignIn);
        _scene.Look(AlertScene.Ready(AlertScene.Team), signedOut);
        Assert.Equal(["account.dry", "pool.dry"], _scene.Look(seen => seen with { Release = until }, AlertScene.UsedUp(AlertScene.Team, until), signedOut).Select(alert => alert.Event));
        // In cooldown after a failure it may serve in a moment.
        Assert.Empty(_scene.Names(AlertScene.UsedUp(AlertScene.Team, until), new ObservedAccount(AlertScene.Home, Standing.Unclear)));
        Assert.Equal(["pool.back"], _scene.Names(AlertScene.UsedUp(AlertScene.Team, until), AlertScene.Ready(AlertScene.Home)));
    }

    [Fact]
    public void With_one_account_a_channel_gets_one_of_the_two()
    {
        _scene.Look(AlertScene.Ready(AlertScene.Team));
        IReadOnlyList<Alert> alerts = _scene.Look(AlertScene.UsedUp(AlertScene.Team, _scene.Now.AddHours(2)));

        Assert.Equal(["pool.dry"], alerts.Where(new AlertChannel().Takes).Select(alert => alert.Event));
        Assert.Equal(["account.dry"], alerts.Where(new AlertChannel { Events = ["account.dry"] }.Takes).Select(alert => alert.Event));
    }

    [Fact]
    public void A_banked_reset_is_told_once_when_it_has_three_days()
    {
        ObservedAccount team = AlertScene.Ready(AlertScene.Team);
        ObservedReset[] resets = [new("soon", _scene.Now.AddDays(1)), new("later", _scene.Now.AddDays(4))];
        _scene.Look(team);
        // The first list is what was so before.
        Assert.Empty(_scene.Look(team with { Resets = resets }));
        _scene.Pass(23);
        Assert.Empty(_scene.Look(team with { Resets = null }));
        _scene.Pass(2);
        Alert alert = Assert.Single(_scene.Look(team with { Resets = [resets[1]] }));
        Assert.Equal(("reset.expiring", resets[1].ExpiresAt), (alert.Event, alert.Until));
        Assert.Empty(_scene.Look(team with { Resets = [resets[1]] }));
        Assert.Single(_scene.Look(team with { Resets = [resets[1], new("gift", _scene.Now.AddDays(2))] }));
    }

    [Fact]
    public void Disk_pace_clients_and_drift_are_told_once()
    {
        ObservedAccount team = AlertScene.Ready(AlertScene.Team);
        _scene.Look(seen => seen with { FreeBytes = 2_000_000_000, Clients = ["Claude Code"] }, team);
        IReadOnlyList<Alert> alerts = _scene.Look(
            seen => seen with { FreeBytes = 400_000_000, RunsDryAt = _scene.Now.AddHours(3), Clients = ["Claude Code", "Zed"], Drift = ["a", "b"] }, team);
        Assert.Equal(["pace", "disk.low", "client.new", "protocol.drift"], alerts.Select(alert => alert.Event));
        Assert.Equal(["Zed"], alerts[2].Names);
        Assert.Equal(["a", "b"], alerts[3].Names);
        // A little more room is none, and a forecast moves.
        Assert.Empty(_scene.Look(seen => seen with { FreeBytes = 700_000_000, RunsDryAt = null, Clients = ["Zed"], Drift = ["a"] }, team));
        _scene.Pass(1);
        Assert.Empty(_scene.Look(seen => seen with { FreeBytes = 400_000_000, RunsDryAt = _scene.Now.AddHours(2) }, team));
        _scene.Pass(12);
        Assert.Empty(_scene.Look(seen => seen with { FreeBytes = 700_000_000 }, team));
        Assert.Empty(_scene.Look(seen => seen with { FreeBytes = 400_000_000 }, team));
        _scene.Look(seen => seen with { FreeBytes = 1_500_000_000 }, team);
        Assert.Equal(["pace", "disk.low"], _scene.Look(seen => seen with { FreeBytes = 1, RunsDryAt = _scene.Now.AddHours(2) }, team).Select(alert => alert.Event));
    }

    [Fact]
    public void An_account_that_is_added_is_no_news_and_one_that_is_removed_is_forgotten()
    {
        DateTimeOffset until = _scene.Now.AddHours(2);
        _scene.Look(AlertScene.Ready(AlertScene.Team));
        Assert.Empty(_scene.Look(AlertScene.Ready(AlertScene.Team), AlertScene.UsedUp(AlertScene.Home, until)));
        _scene.Look(AlertScene.Ready(AlertScene.Team));
        Assert.DoesNotContain(_scene.Memory.Conditions.Keys, key => key.Contains("acc_2", StringComparison.Ordinal));
        Assert.DoesNotContain(_scene.Memory.Windows.Keys, key => key.Contains("acc_2", StringComparison.Ordinal));
    }

    [Fact]
    public void No_text_names_an_address_unless_it_is_wanted()
    {
        AlertAccount unnamed = new("acc_3", 3, null, null, "secret@example.com");
        _scene.Look(AlertScene.Ready(unnamed), AlertScene.Ready(AlertScene.Home));
        Alert alert = Assert.Single(_scene.Look(seen => seen with { Next = AlertScene.Home }, AlertScene.UsedUp(unnamed, _scene.Now.AddHours(1)), AlertScene.Ready(AlertScene.Home)));

        Assert.StartsWith("account 3: ", new AlertText(TimeZoneInfo.Utc, withEmail: false).Of(alert), StringComparison.Ordinal);
        Assert.StartsWith("secret@example.com: ", new AlertText(TimeZoneInfo.Utc, withEmail: true).Of(alert), StringComparison.Ordinal);
        string body = System.Text.Encoding.UTF8.GetString(new AlertBodies(TimeZoneInfo.Utc, null).Of(alert, new AlertChannel()));
        Assert.DoesNotContain("@", body, StringComparison.Ordinal);
    }
}
