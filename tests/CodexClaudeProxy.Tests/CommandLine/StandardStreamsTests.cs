using System.Diagnostics;
using System.Text;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class StandardStreamsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Piped_text_is_UTF_8_whatever_the_system_speaks()
    {
        DirectoryInfo home = Directory.CreateTempSubdirectory("ccp-streams-");
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "codex-claude-proxy"), ["statusline"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        start.Environment["LC_ALL"] = "de_DE.ISO-8859-1";
        start.Environment["CCP_DATA_DIR"] = home.FullName;
        start.Environment["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9";
        using Process program = Process.Start(start)!;
        await program.StandardInput.WriteAsync("""{"model":{"display_name":"日本 ·"}}""");
        program.StandardInput.Close();
        using MemoryStream output = new();
        await program.StandardOutput.BaseStream.CopyToAsync(output, Stop);
        await program.WaitForExitAsync(Stop);
        home.Delete(recursive: true);

        Assert.Contains("日本 ·", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }
}
