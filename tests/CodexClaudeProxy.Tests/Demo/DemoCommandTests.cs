using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Demo;

/// <summary>The command itself, as a process of its own with a home directory of its own.</summary>
public sealed partial class DemoCommandTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ccp-demo-home-");
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("ccp-demo-tmp-");

    [Theory]
    [InlineData("demo")]
    [InlineData("serve", "--demo")]
    public async Task A_demo_leaves_nothing_behind_and_the_real_data_untouched(params string[] command)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string real = Path.Combine(_home.FullName, ".codex-claude-proxy", "accounts.json");
        Directory.CreateDirectory(Path.GetDirectoryName(real)!);
        await File.WriteAllTextAsync(real, "not even JSON", cancellation);
        using Process proxy = Start([.. command, "--port", "0"]);
        try
        {
            Uri address = await AddressAsync(proxy, cancellation);
            using HttpClient http = new();
            using StringContent question = new("""{"model":"gpt-5.5","max_tokens":4000,"messages":[{"role":"user","content":"Hello"}]}""", null, "application/json");
            using HttpResponseMessage answer = await http.PostAsync(new Uri(address, "/v1/messages"), question, cancellation);

            Assert.Contains("simulated", await answer.Content.ReadAsStringAsync(cancellation), StringComparison.Ordinal);
            Assert.NotEmpty(_temporary.EnumerateDirectories("codex-claude-proxy-demo-*"));
            using Process stop = Process.Start("sh", ["-c", $"kill -TERM {proxy.Id}"]);
            await proxy.WaitForExitAsync(cancellation);
            Assert.Equal(0, proxy.ExitCode);
        }
        finally
        {
            if (!proxy.HasExited) proxy.Kill();
        }

        Assert.Empty(_temporary.EnumerateDirectories("codex-claude-proxy-demo-*"));
        Assert.Equal("not even JSON", await File.ReadAllTextAsync(real, cancellation));
        Assert.Equal([real], Directory.EnumerateFiles(_home.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_demo_does_not_take_a_data_directory()
    {
        using Process proxy = Start(["demo", "--data-dir", _home.FullName]);

        string errors = await proxy.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await proxy.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, proxy.ExitCode);
        Assert.Contains("data-dir", errors, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _home.Delete(recursive: true);
        _temporary.Delete(recursive: true);
    }

    /// <summary>Even the variable that names the data directory is set to the real one.</summary>
    private Process Start(string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "codex-claude-proxy"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = _home.FullName;
        start.Environment["TMPDIR"] = _temporary.FullName;
        start.Environment["CCP_DATA_DIR"] = Path.Combine(_home.FullName, ".codex-claude-proxy");
        return Process.Start(start)!;
    }

    private static async Task<Uri> AddressAsync(Process proxy, CancellationToken cancellation)
    {
        while (await proxy.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (AddressLine().Match(line) is { Success: true } match) return new Uri(match.Groups[1].Value);
        }

        throw new InvalidOperationException("The demo did not start: " + await proxy.StandardError.ReadToEndAsync(cancellation));
    }

    [GeneratedRegex(@"^\s*Address\s+(http\S+)$")]
    private static partial Regex AddressLine();
}
