using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class QuotaFormatTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_fetched_answer_has_the_originals_shape()
    {
        const string Answer = """
            {"plan_type":"plus","rate_limit":{"allowed":true,"limit_reached":false,"primary_window":{"used_percent":37.4,"limit_window_seconds":18000,"reset_after_seconds":4242,"reset_at":1795000000},"secondary_window":null}}
            """;

        JsonObject quota = QuotaFormat.Merge(null, new UsageReply { Usage = Answer, WorkspacesError = "Failed to fetch account: 500 - no" }, Now);

        string expected = $$"""
            {"usage":{"totalTokenUsage":37.4,"limit":100,"remaining":62.6,"percentage":37.4,"resetAt":"2026-11-18T11:06:40.000Z","resetAfterSeconds":4242,"limitWindowSeconds":18000,"planType":"plus","limitReached":false,"allowed":true,"raw":{{Answer.Trim()}}},
            "account":null,"fetchedAt":"2026-11-25T12:00:00.000Z","accountError":"Failed to fetch account: 500 - no","lastChecked":"2026-11-25T12:00:00.000Z"}
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), quota), quota.ToString());
    }

    [Fact]
    public void A_failure_keeps_what_was_known()
    {
        JsonObject known = QuotaFormat.Merge(null, new RateLimits([new(TimeSpan.FromHours(5), 40, Now.AddHours(1))]), Now);

        JsonObject quota = QuotaFormat.Merge(known.ToString(), new UsageReply { UsageError = "Failed to fetch usage: 500 - no" }, Now.AddMinutes(9));

        Assert.Equal(40, (double)quota["usage"]!["percentage"]!);
        Assert.Equal(("Failed to fetch usage: 500 - no", "2026-11-25T12:00:00.000Z", "2026-11-25T12:09:00.000Z"),
            ((string?)quota["usageError"], (string?)quota["fetchedAt"], (string?)quota["lastChecked"]));
        Assert.Null(QuotaFormat.Merge(quota.ToString(), new RateLimits([]), Now)["usageError"]);
    }

    [Fact]
    public void Credits_and_limits_of_single_models_are_kept_where_the_usage_endpoint_tells_them()
    {
        const string Answer = """
            {"plan_type":"plus","additional_rate_limits":[{"limit_name":"GPT-5.3-Codex-Spark","metered_feature":"codex_bengalfox","rate_limit":{"allowed":true,"limit_reached":false,"primary_window":{"used_percent":1,"limit_window_seconds":18000,"reset_at":1795600000}}}],
             "credits":{"has_credits":false,"unlimited":false,"balance":"0","approx_local_messages":[0,0]}}
            """;
        JsonObject known = QuotaFormat.Merge(null, new UsageReply { Usage = Answer }, Now);
        RateLimits told = new([])
        {
            Credits = new PlanCredits(true, false, "12.5"),
            Families =
            [
                new LimitFamily("codex_bengalfox", null, [new(TimeSpan.FromHours(5), 100, Now.AddHours(1))]) { LimitReached = true },
                new LimitFamily("codex_other", "Other", [new(TimeSpan.FromDays(7), 7, null)]),
            ],
        };

        JsonObject quota = QuotaFormat.Merge(known.ToString(), told, Now);
        RateLimits read = QuotaFormat.Read(quota.ToString(), Now)!;

        Assert.Equal(new PlanCredits(true, false, "12.5"), read.Credits);
        Assert.Equal("[0,0]", quota["usage"]!["raw"]!["credits"]!["approx_local_messages"]!.ToJsonString());
        Assert.Equal([("codex_bengalfox", "gpt-5.3-codex-spark", true, 100), ("codex_other", "other", false, 7)],
            read.Families.Select(family => (family.Id, family.Model!, family.LimitReached, family.Windows[0].UsedPercent)));
        Assert.False(QuotaFormat.Read(quota.ToString(), Now.AddHours(1))!.Families[0].LimitReached);
    }

    [Fact]
    public void Unknown_numbers_are_null_and_not_zero_percent_or_1970()
    {
        JsonObject quota = QuotaFormat.Merge(null, new UsageReply { Usage = """{"rate_limit":{"primary_window":{"used_percent":null,"reset_at":null}}}""" }, Now);

        Assert.Null(quota["usage"]!["percentage"]);
        Assert.Null(quota["usage"]!["remaining"]);
        Assert.Null(quota["usage"]!["resetAt"]);
        Assert.Null(QuotaFormat.Read(quota.ToString(), Now));
    }

    [Fact]
    public void The_windows_of_a_response_are_told_by_length_and_come_back()
    {
        RateLimits told = new([new(TimeSpan.FromDays(7), 100, Now.AddDays(1)), new(TimeSpan.FromHours(5), 20, Now.AddHours(2))]) { PlanType = "pro", LimitReached = true };

        JsonObject quota = QuotaFormat.Merge(null, told, Now);
        RateLimits read = QuotaFormat.Read(quota.ToString(), Now)!;

        Assert.Equal((20, "pro", true, false), ((double)quota["usage"]!["percentage"]!, (string?)quota["usage"]!["planType"], (bool)quota["usage"]!["limitReached"]!, (bool)quota["usage"]!["allowed"]!));
        Assert.Equal([new(TimeSpan.FromHours(5), 20, Now.AddHours(2)), new(TimeSpan.FromDays(7), 100, Now.AddDays(1))], read.Windows);
        Assert.True(read.LimitReached);
        Assert.Equal([0, 100], QuotaFormat.Read(quota.ToString(), Now.AddHours(2))!.Windows.Select(window => window.UsedPercent));
    }
}
