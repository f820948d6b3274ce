using System.Text.Json;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Resets;
using FakeCodex;
using Microsoft.Extensions.Logging;
using BankedResets = CodexClaudeProxy.Accounts.Resets.BankedResets;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>Redeeming a banked reset: which one, noted before it is sent, and never twice.</summary>
public sealed class BankedResetsTests
{
    private static readonly FakeUser User = FakeAuth.DefaultUser;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_one_that_expires_first_is_redeemed_and_noted_before_it_is_sent()
    {
        await using RefreshScene scene = await StartAsync(("late", 20), ("soon", 2), ("never", null));
        JsonElement noted = default;
        scene.Backend.Resets.Answer = () =>
        {
            noted = JsonDocument.Parse(File.ReadAllBytes(scene.Files.Data.Resets)).RootElement.GetProperty("all")[0].Clone();
            return null;
        };

        RedeemReply reply = await Resets(scene).RedeemAsync(scene.OnDisk, credit: null, Redemption.ByPerson, Stop);

        Assert.Equal((true, "The reset was redeemed. The usage has fallen.", null), (reply.Success, reply.Message, reply.Note));
        JsonElement sent = Assert.Single(Sent(scene)).Json;
        Assert.Equal("soon", sent.GetProperty("credit_id").GetString());
        Assert.Equal(4, Guid.Parse(sent.GetProperty("redeem_request_id").GetString()!).Version);
        Assert.Equal((scene.OnDisk.Key, "soon", sent.GetProperty("redeem_request_id").GetString(), false),
            (noted.GetProperty("account").GetString(), noted.GetProperty("creditId").GetString(), noted.GetProperty("requestId").GetString(), noted.TryGetProperty("outcome", out _)));
        // What frees the account is what the usage says.
        Assert.Equal([0, 0], QuotaFormat.Read(scene.OnDisk.Quota, DateTimeOffset.MinValue)!.Windows.Select(window => (int)window.UsedPercent));
        Assert.Contains("redeemed by person", scene.Files.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_may_choose_another_and_not_one_that_is_gone()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2), ("late", 20));
        RedeemReply gone = await Resets(scene).RedeemAsync(scene.OnDisk, "spent", Redemption.ByPerson, Stop);
        Assert.Equal((false, "This reset is not available any more. Nothing was redeemed."), (gone.Success, gone.Message));
        Assert.Empty(Sent(scene));

        Assert.True((await Resets(scene).RedeemAsync(scene.OnDisk, "late", Redemption.ByPerson, Stop)).Success);
        Assert.Equal(["late"], scene.Backend.Resets.Spent(User));
    }

    /// <summary>The answer is lost, or the program was killed: only the same request follows, by whichever process.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_request_without_an_answer_is_repeated_as_it_was(int status)
    {
        await using RefreshScene scene = await StartAsync(("soon", 2), ("late", 20));
        scene.Backend.Resets.Answer = () => status == 0 ? Reply.Abort() : Reply.Json(status, "{}");
        RedeemReply lost = await Resets(scene).RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);
        Assert.False(lost.Success);
        Assert.Contains("Whether the reset was spent is not known", lost.Message, StringComparison.Ordinal);

        scene.Backend.Resets.Answer = () => null;
        RedeemReply repeated = await Resets(scene).RedeemAsync(scene.OnDisk, "late", Redemption.ByPerson, Stop);

        Assert.Equal((true, "This request had been accepted before: the reset was redeemed once, not twice. The usage has fallen."), (repeated.Success, repeated.Message));
        Assert.Equal(2, Sent(scene).Length);
        Assert.Equal(Sent(scene)[0].Text, Sent(scene)[1].Text);
        Assert.Equal(["soon"], scene.Backend.Resets.Spent(User));
    }

    [Fact]
    public async Task No_second_one_is_redeemed_before_the_usage_shows_the_first()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2), ("late", 20));
        scene.Backend.Resets.Lag = TimeSpan.FromHours(3);
        BankedResets resets = Resets(scene);

        RedeemReply reply = await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);
        Assert.Equal((true, "The reset was redeemed. The usage has not fallen yet."), (reply.Success, reply.Message));
        Assert.StartsWith("This can take from minutes to hours.", reply.Note, StringComparison.Ordinal);
        foreach (TimeSpan wait in (TimeSpan[])[TimeSpan.FromMinutes(5), TimeSpan.FromHours(2)])
        {
            scene.Time.Advance(wait);
            await resets.FollowUpAsync(Stop);
            RedeemReply second = await Resets(scene).RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);
            Assert.False(second.Success);
            Assert.Contains("minutes ago, and the usage has not fallen yet. Nothing else was redeemed.", second.Message, StringComparison.Ordinal);
        }

        Assert.Single(Sent(scene));
        Assert.True(resets.PendingOf(scene.OnDisk)!.IsAwaited);
        scene.Time.Advance(TimeSpan.FromHours(1));
        await resets.FollowUpAsync(Stop);
        Assert.Null(resets.PendingOf(scene.OnDisk));
        scene.Backend.Resets.UseUp(User);
        Assert.True((await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop)).Success);
        Assert.Equal(["soon", "late"], scene.Backend.Resets.Spent(User));
    }

    [Fact]
    public async Task While_it_waits_the_usage_is_asked_for_less_and_less_often()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2));
        scene.Backend.Resets.Lag = TimeSpan.FromDays(3);
        BankedResets resets = Resets(scene);
        await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);
        int before = Asked(scene, "/wham/usage");

        for (int minute = 0; minute < 120; minute++)
        {
            scene.Time.Advance(TimeSpan.FromMinutes(1));
            await resets.FollowUpAsync(Stop);
        }

        Assert.InRange(Asked(scene, "/wham/usage") - before, 10, 30);
    }

    [Fact]
    public async Task When_nothing_is_used_up_nothing_is_spent_and_a_later_wish_is_a_new_one()
    {
        await using RefreshScene scene = await StartAsync(usedUp: false, ("soon", 2));
        BankedResets resets = Resets(scene);

        RedeemReply reply = await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);
        Assert.Equal((false, "Upstream has nothing to reset: none of the quota windows is used up enough. No reset was spent."), (reply.Success, reply.Message));
        scene.Backend.Resets.UseUp(User);
        Assert.True((await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop)).Success);

        Assert.NotEqual(Sent(scene)[0].Json.GetProperty("redeem_request_id").GetString(), Sent(scene)[1].Json.GetProperty("redeem_request_id").GetString());
    }

    [Theory]
    [InlineData("""{"code":"no_credit"}""", 200, "Upstream says that the account has no such reset. No reset was spent.", false)]
    [InlineData("""{"code":"later"}""", 200, "Upstream answered with an outcome that this version does not know, later. Whether a reset was spent is not known. The usage has not fallen yet.", true)]
    [InlineData("""{"detail":"Not for workspaces"}""", 403, "Upstream refused to redeem the reset, and none was spent: 403 - Not for workspaces", false)]
    public async Task Every_outcome_is_told_in_words(string answer, int status, string message, bool awaited)
    {
        await using RefreshScene scene = await StartAsync(("soon", 2));
        scene.Backend.Resets.Lag = TimeSpan.FromDays(1);
        scene.Backend.Resets.Answer = () => Reply.Json(status, answer);
        BankedResets resets = Resets(scene);

        RedeemReply reply = await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);

        Assert.Equal((false, message), (reply.Success, reply.Message));
        Assert.Equal(awaited, resets.PendingOf(scene.OnDisk) is not null);
    }

    /// <summary>The list fails for weeks at a time; the count comes with the usage.</summary>
    [Fact]
    public async Task Without_a_list_a_person_may_leave_the_choice_to_upstream_and_the_pool_may_not()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2));
        scene.Backend.Resets.List = () => Reply.Json(429, """{"detail":"Connector rate limit exceeded"}""");
        BankedResets resets = Resets(scene);
        Assert.Equal("429 - Connector rate limit exceeded", (await resets.ListAsync(scene.OnDisk, 1, Stop)).Error);

        Assert.False((await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPool, Stop)).Success);
        Assert.Empty(Sent(scene));
        Assert.True((await resets.RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop)).Success);

        Assert.False(Assert.Single(Sent(scene)).Json.TryGetProperty("credit_id", out _));
    }

    [Theory]
    [InlineData("""[{"id":"x","status":"available","expires_at":1795600000}]""", "2026-11-25T09:46:40Z")]
    [InlineData("""{"credits":[{"id":"used","status":"redeemed"},{"id":"x","status":"available","expires_at":"2026-12-01T10:00:00Z"},{"id":7},5]}""", "2026-12-01T10:00:00Z")]
    [InlineData("""{"available_count":1,"credits":[{"id":"x","status":"available","expires_at":null}]}""", null)]
    public async Task All_known_forms_of_the_list_are_read(string json, string? end)
    {
        await using RefreshScene scene = await StartAsync(("soon", 2));
        scene.Backend.Resets.List = () => Reply.Json(200, json);

        BankedReset only = Assert.Single((await Resets(scene).ListAsync(scene.OnDisk, 1, Stop)).Available);

        Assert.Equal(("x", end is null ? null : DateTimeOffset.Parse(end, null)), (only.Id, only.ExpiresAt));
    }

    [Fact]
    public async Task The_list_is_asked_for_every_ten_minutes_at_most_and_not_where_there_is_nothing()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2));
        BankedResets resets = Resets(scene);
        await resets.ListAsync(scene.OnDisk, 0, Stop);
        for (int minute = 0; minute < 21; minute++)
        {
            await resets.ListAsync(scene.OnDisk, 1, Stop);
            scene.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, Asked(scene, "/wham/rate-limit-reset-credits"));
    }

    [Fact]
    public async Task Where_it_is_not_known_what_was_redeemed_nothing_is()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2));
        File.WriteAllText(scene.Files.Data.Resets, "{ half");

        RedeemReply reply = await Resets(scene).RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);

        Assert.False(reply.Success);
        Assert.StartsWith("The file that tells what was redeemed last cannot be read, so nothing was redeemed", reply.Message, StringComparison.Ordinal);
        Assert.Empty(Sent(scene));
    }

    [Fact]
    public async Task Two_at_once_redeem_one()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2), ("late", 20));
        using IDisposable other = await new ResetJournal(scene.Files.Data, scene.Time).LockAsync(TimeSpan.Zero, Stop);
        Task<RedeemReply> redeeming = Resets(scene).RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);
        while (!redeeming.IsCompleted)
        {
            scene.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(redeeming, Task.Delay(1, Stop));
        }

        Assert.Equal("Another reset is being redeemed now. Nothing was redeemed here.", (await redeeming).Message);
        Assert.Empty(Sent(scene));
    }

    [Fact]
    public async Task An_outdated_token_is_refreshed_once_and_the_same_request_sent_again()
    {
        await using RefreshScene scene = await StartAsync(("soon", 2));
        int refused = 0;
        scene.Backend.Resets.Answer = () => refused++ == 0 ? Reply.Json(401, """{"error":{"code":"token_expired"}}""") : null;

        RedeemReply reply = await Resets(scene).RedeemAsync(scene.OnDisk, null, Redemption.ByPerson, Stop);

        Assert.True(reply.Success);
        Assert.Equal((2, 1), (Sent(scene).Length, scene.Auth.Refreshes));
        Assert.Equal(Sent(scene)[0].Text, Sent(scene)[1].Text);
    }

    private static Task<RefreshScene> StartAsync(params (string Id, int? Days)[] credits) => StartAsync(usedUp: true, credits);

    private static async Task<RefreshScene> StartAsync(bool usedUp, params (string Id, int? Days)[] credits)
    {
        RefreshScene scene = await RefreshScene.StartAsync();
        await scene.SignInAsync(TimeSpan.FromDays(10));
        foreach ((string id, int? days) in credits) scene.Backend.Resets.Give(User, id, days is { } left ? scene.Time.GetUtcNow().AddDays(left) : null);
        if (usedUp) scene.Backend.Resets.UseUp(User);
        return scene;
    }

    /// <summary>As another process has it.</summary>
    private static BankedResets Resets(RefreshScene scene) => new(
        scene.Files.Store, scene.Usage, new ResetQuery(scene.Calls, scene.Refresher), new ResetJournal(scene.Files.Data, scene.Time), scene.Time, scene.Files.Logs.CreateLogger<BankedResets>());

    private static ReceivedRequest[] Sent(RefreshScene scene) => [.. scene.Backend.Received.All.Where(request => request.Path.EndsWith("/consume", StringComparison.Ordinal))];

    private static int Asked(RefreshScene scene, string path) => scene.Backend.Received.All.Count(request => request.Path.EndsWith(path, StringComparison.Ordinal));
}
