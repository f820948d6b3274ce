using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Service;

namespace CodexClaudeProxy.Tests.Service;

/// <summary>A person at a terminal of a machine with systemd, whose files are in a directory and whose programs only note that they were run.</summary>
internal sealed class ServiceShell : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ccp-machine-");

    public ServiceShell()
    {
        Directory.CreateDirectory(At("run/systemd/system"));
        Directory.CreateDirectory(At("usr/bin"));
        File.WriteAllText(At("usr/bin/codex-claude-proxy"), "");
    }

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>0 for root.</summary>
    public int User { get; init; } = 1000;

    /// <summary>The program, when it is not where it belongs.</summary>
    public string? Program { get; init; }

    /// <summary>What was run, in its order.</summary>
    public List<string> Ran { get; } = [];

    /// <summary>What a program answers; null for success without a word.</summary>
    public Func<string, ProgramResult?> Answer { get; set; } = static _ => null;

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public string UserUnit => At("home/.config/systemd/user/codex-claude-proxy.service");

    public string UserEnvironment => At("home/.config/codex-claude-proxy/service.env");

    public string SystemUnit => At("etc/systemd/system/codex-claude-proxy.service");

    public string SystemEnvironment => At("etc/codex-claude-proxy/service.env");

    public string At(string path) => Path.Combine(_root.FullName, path);

    public async Task<int> RunAsync(params string[] arguments)
    {
        using StringReader input = new("");
        await using StringWriter output = new() { NewLine = "\n" };
        await using StringWriter errors = new() { NewLine = "\n" };
        var terminal = new Terminal(input, output, errors, name => Variables.GetValueOrDefault(name) ?? (name == "HOME" ? At("home") : null))
        {
            Machine = new ServiceMachine(Run) { Root = _root.FullName, User = User, Program = Program ?? At("usr/bin/codex-claude-proxy") },
        };
        int code = await Commands.RunAsync(["service", .. arguments], terminal, TestContext.Current.CancellationToken);
        (Output, Errors) = (output.ToString(), errors.ToString());
        return code;
    }

    public void Dispose() => _root.Delete(recursive: true);

    private Task<ProgramResult> Run(string[] command, CancellationToken ct)
    {
        string line = string.Join(' ', command);
        if (!line.Contains(" show ", StringComparison.Ordinal)) Ran.Add(line);
        return Task.FromResult(Answer(line) ?? new ProgramResult(0, "", ""));
    }
}
