using System.Runtime.InteropServices;

namespace CodexClaudeProxy.EndToEnd.Publishing;

/// <summary><c>publish.ps1</c> as far as it goes without Windows: with a <c>dotnet</c> that only says what it was asked for.</summary>
[Trait("Stage", "powershell")]
public sealed class PublishForWindows : IDisposable
{
    private const string Dotnet = """
        #!/bin/sh
        printf '<%s>' "$@"
        while [ "$1" != -o ]; do shift; done
        mkdir -p "$2" && echo program >"$2/codex-claude-proxy.exe"
        """;

    private static readonly string Own = $"win-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private readonly ClientHome _home = new();

    public PublishForWindows()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there it would really publish");
        PowerShell.Require();
        Executable("bin/dotnet", Dotnet);
        Executable("programs/Microsoft Visual Studio/Installer/vswhere.exe", "#!/bin/sh\necho C:/VisualStudio\n");
        File.Copy(Path.Combine(Clients.Repository, "publish.ps1"), Path.Combine(_home.Project, "publish.ps1"));
    }

    /// <summary>At a prompt PowerShell hands arguments over in other pieces than with -File; dotnet must see the same.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("win-arm64", "")]
    [InlineData("-p:Version=1.2.3", "<-p:Version=1.2.3>")]
    [InlineData("win-arm64 -p:Version=1.2.3 --property:Name=Value -bl", "<-p:Version=1.2.3><--property:Name=Value><-bl>")]
    [InlineData("win-arm64 -p Version=1.2.3", "<-p:Version=1.2.3>")]
    [InlineData("win-x64 --release", "<-p:RestoreLockedMode=true><-p:RestoreForce=true>")]
    public async Task Further_arguments_reach_dotnet_as_they_are(string arguments, string expected)
    {
        string rid = arguments.StartsWith("win-", StringComparison.Ordinal) ? arguments.Split(' ')[0] : Own;
        string publish = $"<publish><src/CodexClaudeProxy><-c><Release><-r><{rid}><-o><artifacts/publish/{rid}><--nologo><-v><quiet>{expected}";

        foreach (string[] way in new[] { new[] { "-Command", $"./publish.ps1 {arguments}" }, ["-File", Script, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)] })
        {
            (int exitCode, string output, string errors) = await PublishAsync(way, "programs");
            Assert.Equal((0, ""), (exitCode, errors));
            Assert.StartsWith(publish + $"dist/{rid}/codex-claude-proxy.exe", output, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(_home.Project, "dist", rid, "codex-claude-proxy.exe")));
        }
    }

    [Fact]
    public async Task Without_Visual_Cpp_it_says_what_to_install()
    {
        (int exitCode, _, string errors) = await PublishAsync(["-File", Script], "nothing");

        Assert.Equal(1, exitCode);
        Assert.Contains("The Visual C++ build tools are missing", errors, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private string Script => Path.Combine(_home.Project, "publish.ps1");

    private Task<(int ExitCode, string Output, string Errors)> PublishAsync(string[] way, string programs)
    {
        string[] arguments = way[0] == "-Command" ? ["-Command", $"Set-Location '{_home.Project}'; {way[1]}"] : way;
        return PowerShell.RunAsync(arguments,
        [
            ("PATH", Path.Combine(_home.Folder, "bin") + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH")),
            ("ProgramFiles(x86)", Path.Combine(_home.Folder, programs)),
        ]);
    }

    private void Executable(string name, string content)
    {
        string path = _home.Write(name, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
