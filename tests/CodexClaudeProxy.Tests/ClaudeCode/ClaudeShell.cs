using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Tests.ClaudeCode;

/// <summary>A person at a terminal, with a home directory of their own.</summary>
internal sealed class ClaudeShell : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ccp-shell-");

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What encryption finds on the person's machine; null for what is found here.</summary>
    public LinuxTls? Tls { get; init; }

    public string Home => _home.FullName;

    public string SettingsPath => Path.Combine(Home, ".claude", "settings.json");

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public string Read() => File.ReadAllText(SettingsPath);

    public void Write(string settings)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SettingsPath)!);
        File.WriteAllText(SettingsPath, settings);
    }

    /// <summary>Runs a command to its end and keeps what it printed.</summary>
    public Task<int> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    public async Task<int> RunWithInputAsync(string input, params string[] arguments)
    {
        using StringReader reader = new(input);
        await using StringWriter output = new() { NewLine = "\n" };
        await using StringWriter errors = new() { NewLine = "\n" };
        int exitCode = await Commands.RunAsync(arguments, new Terminal(reader, output, errors, Variable) { Tls = Tls ?? new LinuxTls(Variable) }, TestContext.Current.CancellationToken);
        (Output, Errors) = (output.ToString(), errors.ToString());
        return exitCode;
    }

    public void Dispose() => _home.Delete(recursive: true);

    private string? Variable(string name) => Variables.GetValueOrDefault(name) ?? name switch
    {
        "HOME" or "USERPROFILE" => Home,
        "CCP_DATA_DIR" => Path.Combine(Home, "data"),
        "PATH" => Environment.GetEnvironmentVariable("PATH"),
        _ => null,
    };
}
