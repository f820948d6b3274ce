using System.Diagnostics;
using System.Text;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Demo;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// One turn in auto mode with the Claude Code that is installed: a command of its Bash tool, and an answer about the result. It plays
/// against a simulated backend inside this process, in a home directory of its own; only what the user's own set-up says about auto
/// mode is taken along, so that what happens is what the user would see.
/// </summary>
internal sealed class ClientTrial(ProxyOptions options, Terminal terminal)
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private const string Id = "client:claude";
    private const string Title = "A turn in Claude Code";
    private const string Configure = "codex-claude-proxy claude config proxy, then start Claude Code anew";

    /// <summary>What the program we start may know of ours: where programs are, and what Windows cannot start anything without.</summary>
    private static readonly string[] Inherited =
        ["PATH", "PATHEXT", "LANG", "SystemRoot", "SystemDrive", "ComSpec", "ProgramFiles", "CLAUDE_CODE_GIT_BASH_PATH", "IS_SANDBOX"];

    private readonly ClaudeHome _home = ClaudeHome.Here(terminal.Variable);

    /// <summary>Has a limit of its own; the one of the check only catches what this one does not end.</summary>
    public Check Check => new(Id, Title, RunAsync) { Limit = 2 * Limit };

    private async Task<Verdict> RunAsync(CancellationToken cancellation) => ClaudeProgram.Find(ClaudeProgram.Name, _home.SearchPath) is { } program
        ? await PlayAsync(program, cancellation)
        : Verdict.Fail("Claude Code was not found on the PATH", ClaudeProgram.InstallHint);

    private async Task<Verdict> PlayAsync(string program, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        using TemporaryDirectory temporary = new("codex-claude-proxy-trial-");
        DirectoryInfo folder = temporary.Info;
        try
        {
            using DemoSession demo = await DemoSession.BeginAsync(TimeProvider.System, isFresh: true, limit.Token);
            ProxySettings settings = ClientSetup.SettingsOf(options);
            if (settings.AutoModeCheck == AutoModeJudge.Model) await File.WriteAllTextAsync(Path.Combine(demo.DataDirectory, "settings.json"), """{"autoModeCheck":"model"}""", limit.Token);
            ProxyOptions own = demo.Redirect(options) with { Host = "127.0.0.1", Port = 0, ApiKey = null, StopsOnSignals = false, LogFile = null };
            await using ProxyHost host = await ProxyHost.StartAsync(own, demo.ComposeAsync, TimeProvider.System, cancellation: limit.Token);
            string address = host.Address.ToString().TrimEnd('/');

            var setup = new ClientSetup(own, terminal);
            IReadOnlyList<ClientVariable> variables = await setup.VariablesAsync(address, isRunning: true, new Dictionary<string, string>(), setup.Choices, limit.Token);
            (int exitCode, string output, string errors) = await StartAsync(program, folder, Environment(variables, folder), limit.Token);
            return Judge(new ClientTrialOutput(output), exitCode, errors);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Verdict.Fail($"Claude Code did not end its turn within {Limit.TotalSeconds:0} seconds", "Run this by hand: codex-claude-proxy run --demo -- claude -p hello");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            return Verdict.Fail($"{program} cannot be tried: {e.Message}", "Run this by hand: claude --version");
        }
    }

    /// <summary>The set-up for the simulated backend; where the user's leads to this proxy, with what it says about auto mode in its place.</summary>
    private Dictionary<string, string> Environment(IReadOnlyList<ClientVariable> variables, DirectoryInfo folder)
    {
        Dictionary<string, string> environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        foreach (string name in Inherited)
        {
            if (terminal.Variable(name) is { Length: > 0 } value) environment[name] = value;
        }

        foreach (string home in new[] { "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA" }) environment[home] = folder.FullName;
        foreach (string temporary in new[] { "TMPDIR", "TEMP", "TMP" }) environment[temporary] = folder.FullName;
        environment["DISABLE_AUTOUPDATER"] = "1";
        environment["CLAUDE_CODE_MAX_RETRIES"] = "1";

        EffectiveSettings users = EffectiveSettings.Read(_home, terminal.Variable);
        if (ClaudeSettings.HeadingOf(users.Variable(ClientEnvironment.BaseUrl), options.AddressFor(options.Port)) != Heading.Here) return environment;
        foreach (string name in ClientEnvironment.TakeFallbackAway.Append(ClientEnvironment.AutoModeServer))
        {
            environment.Remove(name);
            if (users.Variable(name) is { } value) environment[name] = value;
        }

        return environment;
    }

    private static Task<ProgramResult> StartAsync(string program, DirectoryInfo folder, Dictionary<string, string> environment, CancellationToken cancellation)
    {
        ProcessStartInfo start = ClaudeProgram.StartInfo(
            program, ["-p", $"Please run `{SimulatedModel.HarmlessCommand}`", "--permission-mode", "auto", "--output-format", "stream-json", "--verbose", "--no-session-persistence"]);
        start.WorkingDirectory = folder.CreateSubdirectory("project").FullName;
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        start.StandardOutputEncoding = Encoding.UTF8;
        start.Environment.Clear();
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return OtherProgram.RunAsync(start, cancellation);
    }

    private static Verdict Judge(ClientTrialOutput seen, int exitCode, string errors)
    {
        if (seen.RanWith(SimulatedModel.HarmlessOutput) && seen.Answer is { } answer && exitCode == 0)
            return Verdict.Ok($"Claude Code {seen.Version} works in auto mode: the user sees the command run and then the answer, which begins “{answer}”");
        if (seen.Refusal is { } refusal)
            return Verdict.Fail($"Claude Code {seen.Version} refuses the command in auto mode; the user reads: {refusal}", Configure);
        if (seen.Failure is { } failure) return Verdict.Fail($"Claude Code {seen.Version} ends with an error; the user reads: {failure}", "If this persists, look for a newer version of this program");
        string told = errors.Trim().Split('\n')[0].Trim();
        return Verdict.Fail($"Claude Code ended with code {exitCode} and without an answer" + (told.Length == 0 ? "" : $": {told}"), "Run this by hand: codex-claude-proxy run --demo -- claude -p hello");
    }
}
