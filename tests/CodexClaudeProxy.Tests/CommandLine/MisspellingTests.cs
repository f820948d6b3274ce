using CodexClaudeProxy.CommandLine;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class MisspellingTests
{
    [Theory]
    [InlineData("srve", "Unknown command 'srve'. Did you mean serve? See: codex-claude-proxy --help")]
    [InlineData("lgoin", "Unknown command 'lgoin'. Did you mean login? See: codex-claude-proxy --help")]
    [InlineData("statsline --install", "Unknown command 'statsline'. Did you mean statusline? See: codex-claude-proxy --help")]
    [InlineData("acc", "Unknown command 'acc'. Did you mean accounts? See: codex-claude-proxy --help")]
    [InlineData("xyzzy", "Unknown command 'xyzzy'. See: codex-claude-proxy --help")]
    [InlineData("--prot 1", "Unknown option '--prot'. Did you mean --port? See: codex-claude-proxy serve --help")]
    [InlineData("serve --log-levle=info", "Unknown option '--log-levle=info'. Did you mean --log-level? See: codex-claude-proxy serve --help")]
    [InlineData("--accounts", "Unknown option '--accounts'. Did you mean accounts? See: codex-claude-proxy serve --help")]
    [InlineData("accounts swich me@example.com", "Unknown command 'swich'. Did you mean switch? See: codex-claude-proxy accounts --help")]
    [InlineData("accounts list --jsno", "Unknown option '--jsno'. Did you mean --json? See: codex-claude-proxy accounts list --help")]
    [InlineData("claude config restroe", "Unknown command 'restroe'. Did you mean restore? See: codex-claude-proxy claude config --help")]
    [InlineData("claude config proxy --sonet x", "Unknown option '--sonet'. Did you mean --sonnet? See: codex-claude-proxy claude config proxy --help")]
    [InlineData("serve extra", "Unknown argument 'extra'. See: codex-claude-proxy serve --help")]
    public async Task The_nearest_word_is_named(string line, string expected)
    {
        StringWriter error = new() { NewLine = "\n" };
        int exitCode = await Commands.RunAsync(line.Split(' '), new Terminal(TextReader.Null, TextWriter.Null, error, _ => null), TestContext.Current.CancellationToken);
        Assert.Equal((2, expected + "\n"), (exitCode, error.ToString()));
    }

    [Theory]
    [InlineData("x", null)]
    [InlineData("dmeo", "demo")]
    [InlineData("do", "doctor")]
    [InlineData("deno", "demo")]
    [InlineData("rum", "run")]
    public void Near_is_one_letter_in_three(string typed, string? expected) => Assert.Equal(expected, Misspelling.Nearest(typed, ["demo", "doctor", "run"]));
}
