using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Updates;

/// <summary><c>scripts/install.sh</c> on a machine with few tools, some of which tell another machine.</summary>
internal sealed class Installer : IDisposable
{
    private static readonly string[] Tools =
        ["sh", "uname", "mktemp", "rm", "sed", "head", "cut", "sha256sum", "mkdir", "cp", "chmod", "mv", "grep"];

    /// <summary>Where the script looks for libssl.</summary>
    private const string Libraries = "/usr/lib/*-linux-gnu /lib/*-linux-gnu /usr/lib64 /lib64 /usr/lib /lib";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ccp-install-");

    /// <param name="fetcher">The program it fetches with.</param>
    public Installer(string? source, string fetcher = "curl")
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It is for other systems.");
        Script = File.ReadAllText(Path.Combine(SourceTree.Root(), "scripts", "install.sh"));
        Directory.CreateDirectory(Path.GetDirectoryName(LibSsl)!);
        File.WriteAllText(LibSsl, "");
        _root.CreateSubdirectory("tools");
        _root.CreateSubdirectory("temporary");
        foreach (string tool in (string[])[.. Tools, fetcher])
        {
            File.CreateSymbolicLink(Path.Combine(_root.FullName, "tools", tool), Require(tool));
        }

        if (source is not null) Variables["CCP_RELEASE_SOURCE"] = source;
    }

    /// <summary>It looks for libraries in a directory of the test.</summary>
    public string Script
    {
        get;
        set
        {
            Assert.Contains(Libraries, value, StringComparison.Ordinal);
            field = value.Replace(Libraries, Path.GetDirectoryName(LibSsl), StringComparison.Ordinal);
        }
    }

    public string Home => _root.FullName;

    public string LibSsl => Path.Combine(_root.FullName, "libraries", "libssl.so.3");

    public Dictionary<string, string> Variables { get; } = [];

    public string Bin => Path.Combine(_root.FullName, ".local", "bin");

    public string Program => Path.Combine(Bin, "codex-claude-proxy");

    public string[] Temporary => Directory.GetFileSystemEntries(Path.Combine(_root.FullName, "temporary"));

    /// <summary>What lies where it installs to.</summary>
    public string[] Installed => Directory.Exists(Bin) ? [.. Directory.GetFileSystemEntries(Bin).Select(Path.GetFileName).Order()!] : [];

    /// <summary>Where a tool lies; without it the test is skipped.</summary>
    public static string Require(string tool)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Select(directory => Path.Combine(directory, tool)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{tool} is not installed.");
        return path!;
    }

    /// <summary>A Linux of today, whatever this machine is.</summary>
    [UnsupportedOSPlatform("windows")]
    public void PretendLinux()
    {
        Pretend("uname", "case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac\n");
        Pretend("ldd", "echo 'ldd (GNU libc) 2.36'\n");
        Pretend("getconf", "echo 'glibc 2.36'\n");
    }

    /// <summary>A tool that answers as on another machine.</summary>
    [UnsupportedOSPlatform("windows")]
    public void Pretend(string tool, string script)
    {
        string path = Path.Combine(_root.FullName, "tools", tool);
        File.Delete(path);
        File.WriteAllText(path, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>A program that is there already.</summary>
    public void Install(byte[] program)
    {
        Directory.CreateDirectory(Bin);
        File.WriteAllBytes(Program, program);
    }

    /// <summary>As <c>curl … | sh</c> does.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Start("sh", ["-s", "--", .. arguments]);
        await process.StandardInput.WriteAsync(Script);
        process.StandardInput.Close();
        return await InstalledCopy.EndAsync(process);
    }

    /// <summary>A shell, with its own process group where the command begins with <c>setsid</c>.</summary>
    public Process Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(Require(program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            WorkingDirectory = _root.FullName,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = _root.FullName;
        start.Environment["PATH"] = Path.Combine(_root.FullName, "tools");
        start.Environment["TMPDIR"] = Path.Combine(_root.FullName, "temporary");
        foreach ((string name, string value) in Variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public void Dispose() => _root.Delete(recursive: true);
}
