using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What the routes of alerts say, and the file behind them.</summary>
public sealed class AlertContracts
{
    [Fact]
    public async Task The_channels()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(
            configure: static options => options with { AlertCommand = ["/usr/local/bin/on-alert", "--quiet"] }, around: static (host, folder) => new Surroundings(
                host.Own(Egress.Create(static _ => null)), new(Path.Combine(folder, "codex")), new(Path.Combine(folder, "claude"), SearchPath: folder)) { Variable = static _ => null });
        Transcript told = new(proxy.Client);
        await told.SendAsync("GET", "/api/alerts");
        foreach (string body in new[]
        {
            """{"name":"phone","url":"https://ntfy.sh/a-topic-that-is-long-enough"}""",
            """{"name":"hook","url":"https://example.com/hook/0123456789abcdef","authorization":"Bearer token","secret":"sign","events":["pool.dry"],"includeEmail":true}""",
            """{"name":"phone","url":"https://ntfy.sh/other"}""", """{"name":"x","url":"http://example.com/"}""", """{"name":"x","kind":"command","command":["/bin/sh"]}""", "{}", """{"nothing":1}""",
        })
        {
            await told.SendAsync("POST", "/api/alerts/channels", body);
        }

        await told.SendAsync("PATCH", "/api/alerts/channels/hook", """{"url":"https://example.com/…cdef","events":null}""");
        await told.SendAsync("PATCH", "/api/alerts/channels/command", """{"events":null}""");
        await told.SendAsync("DELETE", "/api/alerts/channels/nobody");
        await told.SendAsync("DELETE", "/api/alerts/channels/phone");
        await told.SendAsync("POST", "/api/alerts/test", """{"channel":"nobody"}""");
        await told.SendAsync("GET", "/api/alerts");
        told.Note(await File.ReadAllTextAsync(Path.Combine(proxy.DataDirectory, "alert-channels.json"), TestContext.Current.CancellationToken));
        Golden.Same("alerts.txt", told.ToString());
    }
}
