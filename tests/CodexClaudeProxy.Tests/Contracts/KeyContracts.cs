using System.Text.RegularExpressions;
using CodexClaudeProxy.Tests.Turns;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What the routes about clients' keys say, and the file behind them.</summary>
public sealed partial class KeyContracts
{
    [Fact]
    public async Task A_key_from_its_beginning_to_its_end()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero)));
        Transcript told = new(proxy.Client);
        await told.SendAsync("GET", "/api/keys");
        foreach (string body in new[] { "{}", """{"name":""}""", """{"name":7}""", """{"name":"a","models":[null]}""", """{"name":"a","limits":[{"kind":"requests","span":"yearly","maximum":1}]}""", """{"name":"a","expires":"soon"}""" })
            await told.SendAsync("POST", "/api/keys", body);
        await told.SendAsync("POST", "/api/keys", """{"name":"lap \"ü\" 🙂","models":["gpt-5.5*"],"limits":[{"kind":"cost_usd","span":"7d","maximum":2.5},{"kind":"requests","span":"5h","maximum":3,"model":"gpt-5.5"}],"expires":"2027-01-31T00:00:00+01:00"}""");
        string id = Id().Match(await proxy.GetTextAsync("/api/keys")).Groups[1].Value;
        await told.SendAsync("PATCH", $"/api/keys/{id}", """{"models":null,"limits":[{"kind":"total_tokens","span":"daily","maximum":1000}]}""");
        await told.SendAsync("PATCH", $"/api/keys/{id}", """{"unknown":1}""");
        await told.SendAsync("GET", "/api/keys");
        await told.SendAsync("POST", $"/api/keys/{id}/renew", "{}");
        told.Note(await File.ReadAllTextAsync(Path.Combine(proxy.DataDirectory, "keys.json"), TestContext.Current.CancellationToken));
        await told.SendAsync("DELETE", $"/api/keys/{id}");
        await told.SendAsync("DELETE", $"/api/keys/{id}");
        Golden.Same("keys.txt", Random().Replace(told.ToString().Replace(id, "ID", StringComparison.Ordinal), "RANDOM"));
    }

    [GeneratedRegex("\"id\": ?\"([0-9a-f]{12})\"")]
    private static partial Regex Id();

    [GeneratedRegex("(?<=ccp_)[A-Za-z0-9]{43}|(?<=ccp_)[A-Za-z0-9]{4}(?=\")|[0-9a-f]{64}")]
    private static partial Regex Random();
}
