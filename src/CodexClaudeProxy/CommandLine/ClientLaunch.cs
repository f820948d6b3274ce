using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.CommandLine;

/// <summary>One run of a client: it has our terminal, our variables and every signal that is sent to us; we have its exit code.</summary>
internal sealed partial class ClientLaunch : IDisposable
{
    private const string Settings = "--settings";

    private readonly ProcessStartInfo _start;
    private readonly IReadOnlyList<ClientVariable> _variables;
    private readonly CancellationTokenSource _closing = new();
    private RunSettings? _ownSettings;

    /// <param name="program">The file to start.</param>
    /// <param name="settings">Claude Code's own.</param>
    public ClientLaunch(string program, string[] arguments, IReadOnlyList<ClientVariable> variables, ClientChoices choices, EffectiveSettings settings, string dataDirectory)
    {
        _variables = variables;
        string name = Path.GetFileNameWithoutExtension(program);
        bool isClaude = name.Equals(ClaudeProgram.Name, UserPaths.Comparison);
        List<string> given = [];
        if (isClaude && !Array.Exists(arguments, argument => argument == Settings || argument.StartsWith(Settings + "=", StringComparison.Ordinal))) AddSettings(given, choices, settings, dataDirectory);
        if (name.Equals("codex", UserPaths.Comparison)) AddProvider(given);
        try
        {
            _start = ClaudeProgram.StartInfo(program, [.. given, .. arguments]);
        }
        catch
        {
            Dispose();
            throw;
        }

        _start.UseShellExecute = false;
        foreach (ClientVariable variable in variables) _start.Environment[variable.Name] = variable.Value;
        if (choices.KeepsSignIn) RemoveTokenOfOthers(isClaude);
        // With both, Claude Code would ask which one counts.
        else _start.Environment.Remove(ClientEnvironment.ApiKey);
        if (choices.ProxyJudges) _start.Environment.Remove(ClientEnvironment.AutoModeServer);
        if (isClaude) return;
        _start.Environment["OPENAI_BASE_URL"] = OpenAiAddress;
        _start.Environment["OPENAI_API_KEY"] = AccessKey;
    }

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using Process process = Process.Start(_start)!;
        bool hasTerminal = Terminals.HasOne;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Pass(context, process, 2, byTerminal: hasTerminal));
        using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Pass(context, process, 3, byTerminal: hasTerminal));
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => HangUp(context, process));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Pass(context, process, 15));
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        try
        {
            await process.WaitForExitAsync(ends.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            return Commands.Interrupted;
        }

        return process.ExitCode;
    }

    public void Dispose()
    {
        _ownSettings?.Dispose();
        _closing.Dispose();
    }

    /// <summary>
    /// What stands in Claude Code's settings wins over the environment. Where it contradicts us, settings given on the command line
    /// win over both. A key does not belong there, for everybody to see; then they go into a file of our own until the end.
    /// </summary>
    private void AddSettings(List<string> given, ClientChoices choices, EffectiveSettings settings, string dataDirectory)
    {
        List<ClientVariable> contradicted = [.. _variables.Where(variable => settings.Files.Any(file => ClaudeSettings.Variable(file.Text, variable.Name) is { } other && other != variable.Value))];
        if (choices.KeepsSignIn && settings.Find(ClientEnvironment.AuthToken) is ({ } token, not null) && ClientEnvironment.HidesSignIn(token)) contradicted.Add(new ClientVariable(ClientEnvironment.AuthToken, "", ""));
        if (!choices.KeepsSignIn && IsInFile(settings, ClientEnvironment.ApiKey)) contradicted.Add(new ClientVariable(ClientEnvironment.ApiKey, "", ""));
        // Cannot be unset from here; 1 is the same as unset.
        if (choices.ProxyJudges && IsInFile(settings, ClientEnvironment.AutoModeServer)) contradicted.Add(new ClientVariable(ClientEnvironment.AutoModeServer, "1", ""));

        RunSettingsContent content = new(SkipWebFetchPreflight: true, new OrderedDictionary<string, string>(contradicted.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))));
        byte[] json = JsonLine.ToBytes(content, ClaudeCodeContext.Default.RunSettingsContent);
        given.Add(Settings);
        if (contradicted.Exists(variable => variable.Name is ClientEnvironment.AuthToken or CustomHeaders.Variable && !Secrets.IsPlaceholder(variable.Value)))
        {
            _ownSettings = new RunSettings(dataDirectory, json);
            given.Add(_ownSettings.Path);
        }
        else
        {
            given.Add(Encoding.UTF8.GetString(json));
        }
    }

    /// <summary>The Codex CLI takes its provider from its configuration only.</summary>
    private void AddProvider(List<string> given)
    {
        const string name = "codex-claude-proxy";
        foreach (string setting in new[]
        {
            $"model_provider=\"{name}\"",
            $"model_providers.{name}.name=\"{name}\"",
            $"model_providers.{name}.base_url=\"{OpenAiAddress}\"",
            $"model_providers.{name}.env_key=\"OPENAI_API_KEY\"",
            $"model_providers.{name}.wire_api=\"responses\"",
        })
        {
            given.Add("-c");
            given.Add(setting);
        }
    }

    /// <summary>A token of ours in Claude Code's place of one for Anthropic; a program without a sign-in of its own needs one, though.</summary>
    private void RemoveTokenOfOthers(bool isClaude)
    {
        if (ClientEnvironment.HidesSignIn(_start.Environment.TryGetValue(ClientEnvironment.AuthToken, out string? token) ? token : null)) _start.Environment.Remove(ClientEnvironment.AuthToken);
        bool hasOwn = _start.Environment.ContainsKey(ClientEnvironment.AuthToken) || _start.Environment.ContainsKey(ClientEnvironment.ApiKey);
        if (!isClaude && !hasOwn) _start.Environment[ClientEnvironment.AuthToken] = AccessKey;
    }

    private string AccessKey => _variables.FirstOrDefault(variable => variable.Name == ClientEnvironment.AuthToken)?.Value
        ?? CustomHeaders.KeyIn(_variables.FirstOrDefault(variable => variable.Name == CustomHeaders.Variable)?.Value) ?? ClientEnvironment.AnyKey;

    private string OpenAiAddress => Value(ClientEnvironment.BaseUrl) + "/v1";

    private string Value(string name) => _variables.First(variable => variable.Name == name).Value;

    private static bool IsInFile(EffectiveSettings settings, string variable) => settings.Find(variable) is ({ Length: > 0 }, not null);

    /// <summary>The program decides what a signal means. A terminal sends its own to all of its programs, so that one has it already.</summary>
    private static void Pass(PosixSignalContext context, Process process, int signal, bool byTerminal = false)
    {
        context.Cancel = true;
        if (!byTerminal && !OperatingSystem.IsWindows() && !process.HasExited) _ = Kill(process.Id, signal);
    }

    /// <summary>Where the console is closed, the system has told the program so; our own proxy and files need what is left of the time.</summary>
    private void HangUp(PosixSignalContext context, Process process)
    {
        Pass(context, process, 1);
        if (!OperatingSystem.IsWindows()) return;
        _closing.CancelAfter(ConsoleClosing.ForOthers);
        ConsoleClosing.Wait();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
