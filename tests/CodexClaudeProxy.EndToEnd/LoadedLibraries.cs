namespace CodexClaudeProxy.EndToEnd;

/// <summary>What the published program has in memory while it waits for requests.</summary>
public sealed class LoadedLibraries
{
    [Fact]
    public async Task At_rest_with_an_account_there_is_no_cryptographic_library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc, and loads OpenSSL");
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using HttpClient http = new();
        string accounts = await http.GetStringAsync(proxy.Url + "/accounts", TestContext.Current.CancellationToken);

        string[] mapped = await File.ReadAllLinesAsync($"/proc/{proxy.ProcessId}/maps", TestContext.Current.CancellationToken);

        Assert.Contains("@", accounts, StringComparison.Ordinal);
        string program = await PublishedBinary.PathAsync();
        Assert.Contains(mapped, line => line.EndsWith(program, StringComparison.Ordinal));
        Assert.DoesNotContain(mapped, static line => line.Contains("libcrypto", StringComparison.Ordinal) || line.Contains("libssl", StringComparison.Ordinal));
    }
}
