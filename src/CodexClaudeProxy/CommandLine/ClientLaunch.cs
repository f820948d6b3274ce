using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>One run of a client: it has our terminal, our variables and every signal that is sent to us; we have its exit code.</summary>
internal sealed partial class ClientLaunch : IDisposable
{
    private const string Settings = "--settings";

    private readonly ProcessStartInfo _start;
    private readonly IReadOnlyList<ClientVariable> _variables;
    private string? _settingsFile;

    /// <param name="program">The file to start.</param>
    /// <param name="settings">Claude Code's own.</param>
    public ClientLaunch(string program, string[] arguments, IReadOnlyList<ClientVariable> variables, ClientChoices choices, EffectiveSettings settings, string dataDirectory)
    {
        _variables = variables;
        _start = new ProcessStartInfo(program) { UseShellExecute = false };
        string name = Path.GetFileNameWithoutExtension(program);
        foreach (ClientVariable variable in variables) _start.Environment[variable.Name] = variable.Value;
        // With both, Claude Code would ask which one counts.
        _start.Environment.Remove(ClientEnvironment.ApiKey);
        if (choices.ProxyJudges) _start.Environment.Remove(ClientEnvironment.AutoModeServer);
        if (name == ClaudeProgram.Name)
        {
            if (!arguments.Contains(Settings) && !Array.Exists(arguments, argument => argument.StartsWith(Settings + "=", StringComparison.Ordinal))) AddSettings(choices, settings, dataDirectory);
        }
        else
        {
            _start.Environment["OPENAI_BASE_URL"] = Value(ClientEnvironment.BaseUrl) + "/v1";
            _start.Environment["OPENAI_API_KEY"] = Value(ClientEnvironment.AuthToken);
            if (name == "codex") AddProvider();
        }

        foreach (string argument in arguments) _start.ArgumentList.Add(argument);
    }

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using Process process = Process.Start(_start)!;
        bool hasTerminal = Terminals.HasOne;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Pass(context, process, 2, byTerminal: hasTerminal));
        using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => Pass(context, process, 3, byTerminal: hasTerminal));
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Pass(context, process, 1));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Pass(context, process, 15));
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }

    public void Dispose()
    {
        if (_settingsFile is not null) BusyFile.Delete(_settingsFile);
    }

    /// <summary>
    /// What stands in Claude Code's settings wins over the environment. Where it contradicts us, settings given on the command line
    /// win over both. A key does not belong there, for everybody to see; then they go into a file of our own until the end.
    /// </summary>
    private void AddSettings(ClientChoices choices, EffectiveSettings settings, string dataDirectory)
    {
        List<ClientVariable> contradicted = [.. _variables.Where(variable => settings.Files.Any(file => ClaudeSettings.Variable(file.Text, variable.Name) is { } other && other != variable.Value))];
        if (IsInFile(settings, ClientEnvironment.ApiKey)) contradicted.Add(new ClientVariable(ClientEnvironment.ApiKey, "", ""));
        // Cannot be unset from here; 1 is the same as unset.
        if (choices.ProxyJudges && IsInFile(settings, ClientEnvironment.AutoModeServer)) contradicted.Add(new ClientVariable(ClientEnvironment.AutoModeServer, "1", ""));

        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBoolean(ClientEnvironment.SkipPreflight.Name, true);
            json.WriteStartObject("env"u8);
            foreach (ClientVariable variable in contradicted) json.WriteString(variable.Name, variable.Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        _start.ArgumentList.Add(Settings);
        if (contradicted.Exists(variable => variable.Name == ClientEnvironment.AuthToken && !Secrets.IsPlaceholder(variable.Value)))
        {
            PrivateFiles.CreateDirectory(dataDirectory);
            _settingsFile = Path.Combine(dataDirectory, $"run-{Guid.NewGuid():N}.json");
            AtomicFile.Write(_settingsFile, buffer.WrittenSpan);
            _start.ArgumentList.Add(_settingsFile);
        }
        else
        {
            _start.ArgumentList.Add(Encoding.UTF8.GetString(buffer.WrittenSpan));
        }
    }

    /// <summary>The Codex CLI takes its provider from its configuration only.</summary>
    private void AddProvider()
    {
        const string name = "codex-claude-proxy";
        foreach (string setting in new[]
        {
            $"model_provider=\"{name}\"",
            $"model_providers.{name}.name=\"{name}\"",
            $"model_providers.{name}.base_url=\"{_start.Environment["OPENAI_BASE_URL"]}\"",
            $"model_providers.{name}.env_key=\"OPENAI_API_KEY\"",
            $"model_providers.{name}.wire_api=\"responses\"",
        })
        {
            _start.ArgumentList.Add("-c");
            _start.ArgumentList.Add(setting);
        }
    }

    private string Value(string name) => _variables.First(variable => variable.Name == name).Value;

    private static bool IsInFile(EffectiveSettings settings, string variable) => settings.Find(variable) is ({ Length: > 0 }, not null);

    /// <summary>The program decides what a signal means. A terminal sends its own to all of its programs, so that one has it already.</summary>
    private static void Pass(PosixSignalContext context, Process process, int signal, bool byTerminal = false)
    {
        context.Cancel = true;
        if (!byTerminal && !OperatingSystem.IsWindows() && !process.HasExited) _ = Kill(process.Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
