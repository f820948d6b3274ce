using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.Login;

namespace CodexClaudeProxy.Tests.Alerts;

/// <summary><c>alerts</c>: channels are set, shown and tested without a server.</summary>
public sealed class AlertsCommandTests : IAsyncDisposable
{
    private readonly AlertReceiver _receiver = new();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task A_channel_is_added_tested_listed_and_removed()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        Assert.Equal(0, await shell.RunAsync("alerts"));
        Assert.StartsWith("Alerts go nowhere yet.", shell.Output.ToString(), StringComparison.Ordinal);

        Assert.Equal(0, await shell.RunAsync("alerts", "add", "hook", "--url", _receiver.Url + "/hidden-hidden-hidden/ending", "--token", "tk", "--secret", "s", "--events", "account.dry,pool.dry"));
        Assert.Contains("Alerts go to hook (webhook, http://127.0.0.1:", shell.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await shell.RunAsync("alerts", "test"));
        Assert.Contains("hook: the test was delivered.", shell.Output.ToString(), StringComparison.Ordinal);
        Assert.Equal(("test", "Bearer tk"), ((string?)_receiver.Received[0].Json["event"], _receiver.Received[0].Headers["authorization"]));
        Assert.Equal(0, await shell.RunAsync("alerts", "list"));
        Assert.DoesNotContain("hidden", shell.Output.ToString() + shell.Errors, StringComparison.Ordinal);

        _receiver.Answer = static _ => "404 Not Found";
        Assert.Equal(1, await shell.RunAsync("alerts", "test", "hook"));
        Assert.Contains("hook: the test did not arrive: the receiver responded with status 404.", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await shell.RunAsync("alerts", "remove", "HOOK"));
        Assert.Equal(1, await shell.RunAsync("alerts", "remove", "hook"));
        Assert.Equal(1, await shell.RunAsync("alerts", "test"));
    }

    [Fact]
    public async Task An_address_can_come_from_standard_input_and_a_topic_is_enough_for_ntfy()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.Input.Type("https://hooks.slack.com/services/a/b/c");
        Assert.Equal(0, await shell.RunAsync("alerts", "add", "team", "--url", "-"));
        Assert.Equal(0, await shell.RunAsync("alerts", "add", "phone", "--ntfy", "my-topic"));
        JsonArray channels = JsonNode.Parse(File.ReadAllText(Path.Combine(shell.DataDirectory, "alert-channels.json")))!["channels"]!.AsArray();
        Assert.Equal([("slack", "https://hooks.slack.com/services/a/b/c"), ("ntfy", "https://ntfy.sh/my-topic")], channels.Select(channel => ((string)channel!["kind"]!, (string)channel["url"]!)));
    }

    [Fact]
    public async Task A_command_is_set_here_with_all_of_its_arguments()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        Assert.Equal(0, await shell.RunAsync("alerts", "add", "log", "--command", "/bin/cat", "-u", "a b"));
        JsonNode channel = JsonNode.Parse(File.ReadAllText(Path.Combine(shell.DataDirectory, "alert-channels.json")))!["channels"]![0]!;
        Assert.Equal("""["/bin/cat","-u","a b"]""", channel["command"]!.ToJsonString());
        Assert.Equal(0, await shell.RunAsync("alerts", "--json"));
        JsonNode report = JsonNode.Parse(shell.Output.ToString()[shell.Output.ToString().IndexOf('{')..])!;
        Assert.Equal(("cat", true), ((string?)report["channels"]![0]!["address"], (bool)report["channels"]![0]!["readOnly"]!));
    }

    [Theory]
    [InlineData(2, "Name one of --url, --ntfy, --command and --desktop.")]
    [InlineData(2, "Name one of --url, --ntfy, --command and --desktop.", "--url", "https://example.com", "--ntfy", "x")]
    [InlineData(1, "url must begin with https: example.com is outside of your own network, and everybody on the way could read the alerts and the address.", "--url", "http://example.com/x")]
    [InlineData(1, "There can be no notifications here: the program does not run in a desktop session.", "--desktop")]
    public async Task What_is_wrong_is_told(int code, string message, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the desktop of Linux");
        await using LoginShell shell = await LoginShell.StartAsync();
        Assert.Equal(code, await shell.RunAsync(["alerts", "add", "x", .. arguments]));
        Assert.Equal(message + "\n", shell.Errors.ToString());
    }

    [Fact]
    public async Task The_command_of_the_options_is_a_channel_too()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        Directory.CreateDirectory(shell.DataDirectory);
        string config = Path.Combine(shell.DataDirectory, "config.json");
        await File.WriteAllTextAsync(config, """{"alertCommand":["/bin/false","a,b"]}""", TestContext.Current.CancellationToken);
        Assert.Equal(1, await shell.RunAsync("alerts", "test"));
        Assert.Equal("command: the test did not arrive: the program ended with exit code 1.\n", shell.Errors.ToString());
        Assert.Equal(1, await shell.RunAsync("alerts", "remove", "command"));
        Assert.Contains("The channel command is the option alert-command; change it there.", shell.Errors.ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(config, """{"alertCommand":["",1]}""", TestContext.Current.CancellationToken);
        Assert.Equal(2, await shell.RunAsync("alerts", "test"));
    }
}
