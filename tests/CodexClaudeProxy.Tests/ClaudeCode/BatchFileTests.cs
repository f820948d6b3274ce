using CodexClaudeProxy.ClaudeCode;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class BatchFileTests
{
    /// <summary>As npm writes it for a package whose program is a script.</summary>
    private const string ScriptShim = """
        @ECHO off
        GOTO start
        :find_dp0
        SET dp0=%~dp0
        EXIT /b
        :start
        SETLOCAL
        CALL :find_dp0

        IF EXIST "%dp0%\node.exe" (
          SET "_prog=%dp0%\node.exe"
        ) ELSE (
          SET "_prog=node"
          SET PATHEXT=%PATHEXT:;.JS;=;%
        )

        endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\node_modules\@anthropic-ai\claude-code\cli.js" %*
        """;

    private const string ProgramShim = "@ECHO off\r\nCALL :find_dp0\r\n\"%dp0%\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe\"   %*\r\n";

    private const string Shim = @"C:\npm\claude.cmd";
    private const string Script = @"C:\npm\node_modules\@anthropic-ai\claude-code\cli.js";
    private const string Native = @"C:\npm\node_modules\@anthropic-ai\claude-code\bin\claude.exe";

    [Fact]
    public void A_shim_of_npm_is_left_out_for_its_program()
    {
        Assert.Equal([Native], Behind(ProgramShim, Native)!);
        Assert.Equal([@"C:\node\node.exe", Script], Behind(ScriptShim, Script, @"C:\node\node.exe")!);
        Assert.Equal([@"C:\npm\node.exe", Script], Behind(ScriptShim, Script, @"C:\node\node.exe", @"C:\npm\node.exe")!);
    }

    [Fact]
    public void What_is_no_shim_or_leads_nowhere_stays_a_batch_file()
    {
        Assert.Null(Behind("@echo off\r\nclaude-wrapper %*\r\n", Native));
        Assert.Null(Behind(ProgramShim));
        Assert.Null(Behind(ScriptShim, Script));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "\"\"")]
    [InlineData("a&echo X", "\"a&echo X\"")]
    [InlineData("a\"&calc&\"", "\"a\"\"&calc&\"\"\"")]
    [InlineData("%PATH%", "\"%%cd:~,%PATH%%cd:~,%\"")]
    [InlineData(@"C:\dir\", "\"C:\\dir\\\\\"")]
    [InlineData("a\\\"b", "\"a\\\\\"\"b\"")]
    [InlineData("a^b|c>d", "\"a^b|c>d\"")]
    public void Every_argument_of_a_batch_file_stays_text(string argument, string written) =>
        Assert.Equal($"/e:ON /v:OFF /d /c \"\"C:\\x y\\a.cmd\" {written}\"", BatchFile.CommandLine(@"C:\x y\a.cmd", [argument]));

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("two\rlines")]
    public void Line_breaks_are_refused(string argument) => Assert.Throws<NotSupportedException>(() => BatchFile.CommandLine("a.cmd", [argument]));

    [Theory]
    [InlineData("claude", @"C:\native\claude.exe")]
    [InlineData("CLAUDE.CMD", @"C:\npm\CLAUDE.CMD")]
    [InlineData("tool", @"C:\npm\tool.cmd")]
    [InlineData("my.tool", @"C:\quoted; dir\my.tool.exe")]
    [InlineData(@"D:\x\claude", @"D:\x\claude.exe")]
    [InlineData("none", null)]
    public void A_program_wins_over_a_batch_file_and_quoted_entries_count(string name, string? found)
    {
        HashSet<string> files = new([Shim, @"C:\native\claude.exe", @"C:\npm\tool.cmd", @"C:\quoted; dir\my.tool.exe", @"D:\x\claude.exe"], StringComparer.OrdinalIgnoreCase);

        Assert.Equal(found, ClaudeProgram.FindOnWindows(name, "C:\\npm;\"C:\\quoted; dir\\\";;C:\\native", files.Contains));
    }

    private static string[]? Behind(string text, params string[] files) => ClaudeProgram.Behind(Shim, text, @"C:\node;C:\other", files.Contains);
}
