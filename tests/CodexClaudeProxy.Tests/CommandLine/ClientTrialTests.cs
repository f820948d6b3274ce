using System.Text.Json.Nodes;
using CodexClaudeProxy.Tests.ClaudeCode;

namespace CodexClaudeProxy.Tests.CommandLine;

/// <summary>A script takes the place of Claude Code; the real one plays in the end-to-end tests.</summary>
public sealed class ClientTrialTests : IDisposable
{
    private const string Start = """{"type":"system","subtype":"init","claude_code_version":"2.1.330"}""";
    private const string Ran = """{"type":"user","message":{"content":[{"type":"tool_result","content":"simulated-command","is_error":false}]}}""";
    private const string Refused = """{"type":"user","message":{"content":[{"type":"tool_result","content":[{"type":"text","text":"No verdict.\nTry again"}],"is_error":true}]}}""";
    private const string Done = """{"type":"result","is_error":false,"result":"It returned one line:\nsimulated-command"}""";
    private const string Failed = """{"type":"result","is_error":true,"result":"API Error: Connection refused"}""";

    private readonly ClaudeShell _shell = new();

    [Theory]
    [InlineData(0, "ok", "Claude Code 2.1.330 works in auto mode: the user sees the command run and then the answer, which begins “It returned one line:”", Start, Ran, Done)]
    [InlineData(1, "fail", "Claude Code 2.1.330 refuses the command in auto mode; the user reads: No verdict. Try again", Start, Refused, Done)]
    [InlineData(1, "fail", "Claude Code 2.1.330 ends with an error; the user reads: API Error: Connection refused", Start, Failed)]
    [InlineData(1, "fail", "Claude Code ended with code 0 and without an answer: it broke", "nonsense")]
    public async Task What_its_user_would_see_is_told(int exitCode, string status, string detail, params string[] lines)
    {
        string script = Path.Combine(_shell.Home, "claude");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in for the program is a shell script.");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\necho 'it broke' >&2\ncat <<'END'\n{string.Join('\n', lines)}\nEND\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _shell.Variables["PATH"] = $"{_shell.Home}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";

        Assert.Equal(exitCode, await _shell.RunAsync("doctor", "--client", "claude", "--json"));

        JsonNode check = Assert.Single(JsonNode.Parse(_shell.Output)!["checks"]!.AsArray())!;
        Assert.Equal((status, detail), (check["status"]!.GetValue<string>(), check["detail"]!.GetValue<string>()));
        Assert.False(Directory.Exists(Path.Combine(_shell.Home, ".claude")));
    }

    [Fact]
    public async Task Without_Claude_Code_it_says_how_to_get_it()
    {
        _shell.Variables["PATH"] = _shell.Home;

        Assert.Equal(1, await _shell.RunAsync("doctor", "--client", "claude"));

        Assert.Contains("Claude Code was not found on the PATH", _shell.Output, StringComparison.Ordinal);
        Assert.Contains("npm install -g @anthropic-ai/claude-code", _shell.Output, StringComparison.Ordinal);
        Assert.Equal(2, await _shell.RunAsync("doctor", "--client", "vim"));
    }

    public void Dispose() => _shell.Dispose();
}
