using System.Diagnostics;
using CodexClaudeProxy.CommandLine;

namespace CodexClaudeProxy.Tests.CommandLine;

/// <summary>What the program suggests, and that the shells that are installed here offer it.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");

    public CompletionTests() => File.WriteAllText(Path.Combine(_directory.FullName, "accounts.json"), """
        {"version":1,"accounts":[{"email":"anna@example.com","accountId":"a1","label":"work","accessToken":"t"},{"email":"ben@example.com","accountId":"b1","accessToken":"t"}]}
        """);

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("[suggest:0]|acc", "accounts")]
    [InlineData("[suggest:0]|dem", "demo")]
    [InlineData("[suggest:0]|--po", "--port")]
    [InlineData("[suggest:1]|accounts|sw", "switch")]
    [InlineData("[suggest:1]|help|acc", "accounts")]
    [InlineData("[suggest:2]|accounts|switch", "anna@example.com work ben@example.com")]
    [InlineData("[suggest:2]|accounts|switch|", "anna@example.com work ben@example.com")]
    [InlineData("[suggest:2]|accounts|verify|b", "ben@example.com")]
    [InlineData("[suggest:2]|serve|--log-format", "text json")]
    [InlineData("[suggest:1]|--log-level|de", "debug")]
    [InlineData("[suggest:1]|serve|--log-level=wa", "--log-level=warn")]
    [InlineData("[suggest:2]|doctor|--client|", "claude")]
    [InlineData("[suggest:1]|completion|", "bash zsh fish powershell")]
    [InlineData("[suggest:2]|claude|config|re", "restore")]
    [InlineData("[suggest:3]|claude|config|proxy|--son", "--sonnet")]
    [InlineData("[suggest:1]|serve|nothing", "")]
    [InlineData("[suggest:7]|serve", "")]
    [InlineData("[suggest:x]|serve", "")]
    public async Task Words_are_suggested(string args, string expected)
    {
        string[] found = [.. (await RunAsync(args.Split('|'))).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0])];
        if (expected.Length == 0 && args.Contains(":7", StringComparison.Ordinal) || args.Contains(":x", StringComparison.Ordinal)) Assert.Contains("accounts", found);
        else Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), found.Order());
    }

    [Fact]
    public async Task Every_command_is_suggested_with_what_it_does_and_no_option_in_between()
    {
        string[] lines = (await RunAsync("[suggest:0]")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("doctor\tDiagnose problems and suggest fixes", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith('-') || line.StartsWith('/'));
    }

    [Fact]
    public async Task Nothing_is_said_about_an_account_file_that_cannot_be_read()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "accounts.json"), "{", TestContext.Current.CancellationToken);
        Assert.Equal("", await RunAsync("[suggest:2]", "accounts", "switch"));
    }

    [Theory]
    [InlineData("accounts sw", "switch")]
    [InlineData("accounts switch an", "anna@example.com")]
    [InlineData("accounts switch ben@ex", "example.com")] // bash cuts words at @.
    [InlineData("--log-level=wa", "warn")] // And at =.
    [InlineData("serve --log-level wa", "warn")]
    [InlineData("xyz", "")]
    public async Task Bash_completes(string typed, string expected)
    {
        string script = $$"""
            source "$1"
            COMP_LINE="$2 {{typed}}"; COMP_POINT=${#COMP_LINE}
            COMPREPLY=()
            _codex_claude_proxy "$2" "" ""
            printf '%s\n' "${COMPREPLY[@]}"
            complete -p codex-claude-proxy
            """;
        string output = await ShellAsync("bash", "bash", ["--norc", "--noprofile", "-c", script, "bash"]);
        Assert.Equal($"{expected}\ncomplete -o default -F _codex_claude_proxy codex-claude-proxy\n", output);
    }

    [Theory]
    [InlineData("accounts sw", "switch")]
    [InlineData("accounts switch ben@ex", "ben@example.com")]
    [InlineData("serve --log-level=wa", "--log-level=warn")]
    [InlineData("claude config rest", "restore")]
    public async Task Fish_completes(string typed, string expected)
    {
        // The name is completed, whatever the path in front of it.
        string output = await ShellAsync("fish", "fish", ["--no-config", "-c", $"source $argv[1]; complete -C \"$argv[2] {typed}\""]);
        Assert.Equal(expected, output.TrimEnd('\n').Split('\t')[0]);
    }

    [Theory]
    [InlineData("accounts sw", "accounts switch ")]
    [InlineData("accounts switch ben@ex", "accounts switch ben@example.com ")]
    [InlineData("serve --log-level=wa", "serve --log-level=warn ")]
    public async Task Zsh_completes(string typed, string expected)
    {
        // Completion needs a line that is being edited, so a zsh of its own runs in a terminal, and what is on its line is printed.
        string script = $$"""
            zmodload zsh/zpty
            zpty child zsh -f -i
            zpty -w child "PS1=; autoload -Uz compinit; compinit -u -D; source '$1'; show() { print -r -- \"<\$BUFFER>\"; exit }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word; print -r -- rea''dy"
            zpty -r child out '*ready*'
            zpty -w -n child "$2 {{typed}}"$'\t\x18'
            zpty -r child out '*<*>*'
            print -r -- "${${out##*<}%%>*}"
            """;
        string output = await ShellAsync("zsh", "zsh", ["-f", "-c", script, "zsh"]);
        Assert.Equal($"{Program} {expected}".TrimEnd(), output.Trim());
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "codex-claude-proxy");

    /// <param name="shell">Of the script that the program prints; its path, and the program's, follow the arguments.</param>
    private async Task<string> ShellAsync(string shell, string program, string[] arguments)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");
        Assert.SkipUnless(File.Exists(Program), "The program has no executable beside the tests");
        string script = Path.Combine(_directory.FullName, "script");
        await File.WriteAllTextAsync(script, await RunAsync("completion", shell), TestContext.Current.CancellationToken);
        ProcessStartInfo start = new(program, [.. arguments, script, Program]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _directory.FullName };
        start.Environment["CCP_DATA_DIR"] = _directory.FullName;
        start.Environment["HOME"] = _directory.FullName;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return output;
    }

    private async Task<string> RunAsync(params string[] args)
    {
        StringWriter output = new() { NewLine = "\n" };
        Terminal terminal = new(TextReader.Null, output, TextWriter.Null, name => name == "CCP_DATA_DIR" ? _directory.FullName : null);
        Assert.Equal(0, await Commands.RunAsync(args, terminal, TestContext.Current.CancellationToken));
        return output.ToString().ReplaceLineEndings("\n");
    }
}
