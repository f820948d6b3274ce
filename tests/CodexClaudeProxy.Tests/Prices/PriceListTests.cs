using System.Text.Json;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Tests.Prices;

/// <summary>What a request costs by the list, reckoned by hand from the provider's prices per million tokens.</summary>
public sealed class PriceListTests
{
    private static readonly DateTimeOffset Today = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_part_has_its_price()
    {
        // gpt-5.5: 5 for input, 0.50 from the cache, 30 for output.
        Cost cost = PriceList.Default.Of("gpt-5.5", Today, new PricedTokens(2_000, 8_000, 0, 500))!.Value;

        Assert.Equal((0.01, 0.004, 0, 0.015), (cost.Fresh, cost.Cached, cost.Written, cost.Output));
        Assert.Equal((0.029, 10_500, 0), (Math.Round(cost.Usd!.Value, 9), cost.PricedTokens, cost.UnpricedTokens));
    }

    [Theory]
    [InlineData("gpt-6-sol", 0.25)]
    [InlineData("gpt-5.5", 0.5)]
    public void What_is_put_into_the_cache_has_a_price_of_its_own_or_that_of_input(string model, double usd) =>
        Assert.Equal(usd, PriceList.Default.Of(model, Today, new PricedTokens(0, 0, 100_000, 0))!.Value.Usd!.Value, 9);

    [Theory]
    [InlineData(72_000, 200_000, 0.505)]
    [InlineData(72_001, 200_000, 0.98751)]
    public void Beyond_272000_tokens_of_input_the_whole_request_costs_more(long fresh, long cached, double usd)
    {
        // 72,000 × 5 + 200,000 × 0.50 + 1,500 × 30 in the short one; 10, 1 and 45 in the long one.
        Assert.Equal(usd, PriceList.Default.Of("gpt-5.5", Today, new PricedTokens(fresh, cached, 0, 1_500))!.Value.Usd!.Value, 9);
        Assert.Equal(fresh + cached > 272_000, new PricedTokens(fresh, cached, 0, 1_500).IsLong);
    }

    [Theory]
    [InlineData("2026-08-20T23:59:59Z", 5)]
    [InlineData("2026-08-21T00:00:00Z", 4)]
    public void A_request_has_the_price_of_its_day(string at, double input) =>
        Assert.Equal(input, PriceList.Default.Of("gpt-5.6-sol", DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), isLong: false)!.Input);

    [Theory]
    [InlineData("gpt-5.3-codex-spark")]
    [InlineData("gpt-7-sol")]
    [InlineData(null)]
    public void A_model_without_a_public_price_has_none_and_is_not_free(string? model)
    {
        Cost cost = PriceList.Default.Of(model, Today, new PricedTokens(10, 20, 0, 5))!.Value;

        Assert.Equal((null, 35), (cost.Usd, cost.UnpricedTokens));
    }

    [Fact]
    public void Nothing_is_known_of_a_request_that_told_no_usage() => Assert.Null(PriceList.Default.Of("gpt-5.5", Today, tokens: null));

    [Fact]
    public void The_owners_price_comes_first_and_a_star_is_for_the_rest()
    {
        PriceList prices = new([new("GPT-5.5", new ModelPrice(1, 0, 2)), new("*", new ModelPrice(7, 7, 7))]);

        Assert.Equal(1, prices.Of("gpt-5.5", Today, isLong: true)!.Input);
        Assert.Equal(2.5, prices.Of("gpt-5.4", Today, isLong: false)!.Input);
        Assert.Equal(7, prices.Of("gpt-7-sol", Today, isLong: false)!.Input);
        Assert.Equal([("GPT-5.5", true), ("*", true)], prices.All.Take(2).Select(entry => (entry.Model, entry.IsOwn)));
        Assert.DoesNotContain(prices.All, entry => entry.Model == "gpt-5.5" && !entry.IsOwn);
    }

    [Theory]
    [InlineData("""[]""", "must be an object of model name to price")]
    [InlineData("""{"":{}}""", "'' is no model name of 1 to 200 characters")]
    [InlineData("""{"a":{"input":1,"cachedInput":1,"output":1},"A":{"input":1,"cachedInput":1,"output":1}}""", "'A' appears twice")]
    [InlineData("""{"a":5}""", "'a': must be an object with input, cachedInput and output, and perhaps cacheWrite, in US dollars per million tokens")]
    [InlineData("""{"a":{"input":1,"output":1}}""", "'a': must be an object with input, cachedInput and output, and perhaps cacheWrite, in US dollars per million tokens")]
    [InlineData("""{"a":{"input":-1,"cachedInput":1,"output":1}}""", "'a': input must be a number from 0 to 100000")]
    [InlineData("""{"a":{"input":1,"cachedInput":"1","output":1}}""", "'a': cachedInput must be a number from 0 to 100000")]
    [InlineData("""{"a":{"input":1,"cachedInput":1,"output":1,"cache":1}}""", "'a': 'cache' is unknown; it must be an object with input, cachedInput and output, and perhaps cacheWrite, in US dollars per million tokens")]
    public void What_is_no_price_is_said_so(string json, string problem) => Assert.Equal(problem, PriceSetting.TryRead(JsonElement.Parse(json), out _));

    [Fact]
    public void What_was_read_is_written_again()
    {
        const string Json = """{"mine":{"input":2,"cachedInput":0.2,"output":0},"*":{"input":1,"cachedInput":1,"output":1,"cacheWrite":1.25}}""";

        Assert.Null(PriceSetting.TryRead(JsonElement.Parse(Json), out var prices));
        Assert.Equal(Json, PriceSetting.Tree(prices).ToJsonString());
    }
}
