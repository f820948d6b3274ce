using System.Diagnostics;
using System.Reflection;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Scripts.Docs;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Documentation;

/// <summary>What documents say of commands, options, settings and exit codes is what the program does.</summary>
public sealed class GeneratedTests
{
    private static readonly string Manual = Path.Combine(SourceTree.Root(), "docs", "codex-claude-proxy.1");

    [Fact]
    public void The_files_are_up_to_date()
    {
        foreach ((string name, string text) in Documents.Of(SourceTree.Root()))
        {
            bool isSame = File.ReadAllText(Path.Combine(SourceTree.Root(), name)).ReplaceLineEndings("\n") == text;
            Assert.True(isSame, $"{name} is stale. Write it with: dotnet run --project scripts/docs -- .");
        }
    }

    [Fact]
    public void Every_exit_code_has_its_meaning()
    {
        IEnumerable<object?> constants = typeof(Commands).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field is { IsLiteral: true }).Select(field => field.GetRawConstantValue());
        Assert.Equal(constants.Append(0).Order(), Commands.ExitCodes.Select(code => (object?)code.Code).Order());
    }

    [Fact]
    public async Task The_manual_is_well_formed_for_man()
    {
        string warnings = await CheckAsync("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", Manual);
        Assert.Equal("", warnings);
    }

    [Fact]
    public async Task The_manual_is_well_formed_for_mandoc()
    {
        string output = await CheckAsync("mandoc", "-T", "lint", "-W", "warning", Manual);
        // The page belongs to no day.
        Assert.DoesNotContain(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.Contains("missing date", StringComparison.Ordinal));
    }

    /// <summary>What the program says about the file.</summary>
    private static async Task<string> CheckAsync(string program, params string[] arguments)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return program == "mandoc" ? await output + error : error;
    }
}
