using CodexClaudeProxy.ClaudeCode;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What the sub-commands of <c>claude config</c> do. Each returns the exit code.</summary>
/// <param name="address">Of the proxy.</param>
/// <param name="variables">What Claude Code is to be told.</param>
internal sealed class ClaudeActions(SettingsFile file, ClaudeHome home, string address, IReadOnlyList<ClientVariable> variables, Terminal terminal)
{
    public ClientChoices Choices { get; init; } = ClientChoices.None;

    /// <summary>The settings of the folder we are called in, which win over the user's.</summary>
    public IReadOnlyList<SettingsFile> Others { get; init; } = [];

    public bool AsJson { get; init; }

    public bool DryRun { get; init; }

    public async Task<int> ShowAsync(CancellationToken cancellation)
    {
        string? program = ClaudeProgram.Find(ClaudeProgram.Name, home.SearchPath);
        string? version = program is null ? null : await ClaudeProgram.VersionAsync(program, cancellation);
        ClaudeReport report = ClaudeReport.Of(file, variables, version, Warnings());
        if (AsJson) terminal.Out.WriteJson(report, ClaudeCodeContext.Default.ClaudeReport);
        else WriteText(report, program is null ? "Claude Code, which is not installed here," : version is null ? "Claude Code" : $"Claude Code {version}");
        return report.Problem is null ? 0 : Commands.Failure;
    }

    public async Task<int> UseProxyAsync(CancellationToken cancellation)
    {
        List<SettingsOutcome> others = [];
        if (Choices.SetsAside)
        {
            foreach (SettingsFile other in Others.Where(other => other.Exists)) others.Add(await other.ChangeAsync("set-aside", (text, _) => ClaudeSettings.PutAside(text, variables), DryRun, cancellation));
        }

        SettingsOutcome outcome = await file.ChangeAsync("proxy", (text, journal) => ClaudeSettings.ToProxy(text, journal, variables, Choices), DryRun, cancellation);
        int exitCode = Tell($"Claude Code uses the proxy at {address}", outcome, others);
        if (AsJson || DryRun) return exitCode;
        if (variables.All(variable => variable.Name is not (ClientEnvironment.MainModel or ClientEnvironment.FurtherModel))) terminal.Out.WriteLine("No model is set, because the models of your plan are not known yet. Sign in or start the proxy, then run this again.");
        TellWarnings(Warnings());
        return exitCode;
    }

    public Task<int> UseAnthropicAsync(string? apiKey, CancellationToken cancellation) => apiKey is ""
        ? Task.FromResult(Fail("The key is empty", Commands.Usage))
        : ChangeAsync("direct", "Claude Code uses Anthropic", (text, journal) => ClaudeSettings.ToAnthropic(text, journal, variables, apiKey), cancellation);

    public Task<int> UseAddressAsync(string url, string apiKey, CancellationToken cancellation)
    {
        if (ClaudeSettings.NormaliseAddress(url, out string? problem) is not { } other) return Task.FromResult(Fail(problem!.Replace("apiUrl", "The address", StringComparison.Ordinal), Commands.Usage));
        if (apiKey.Length == 0) return Task.FromResult(Fail("The key is empty", Commands.Usage));
        return ChangeAsync("set", $"Claude Code uses {Secrets.Hide(ClientEnvironment.BaseUrl, other)}", (text, journal) => ClaudeSettings.ToAddress(text, journal, variables, other, apiKey), cancellation);
    }

    public async Task<int> RestoreAsync(CancellationToken cancellation)
    {
        SettingsFile[] others = [.. Others.Where(other => !other.ReadJournal().IsEmpty)];
        if (file.ReadJournal().IsEmpty && others.Length == 0) return Fail("There is nothing to restore", Commands.Failure);
        List<SettingsOutcome> restored = [];
        foreach (SettingsFile other in others) restored.Add(await other.RestoreAsync(DryRun, cancellation));
        return Tell("Claude Code's settings were restored", await file.RestoreAsync(DryRun, cancellation), restored);
    }

    /// <summary>Tells what is wrong with the file instead of letting the program fail.</summary>
    public async Task<int> GuardAsync(Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (ClaudeReport.IsTrouble(e))
        {
            if (AsJson) terminal.Out.WriteJson(ClaudeFailure.Of(file, e), ClaudeCodeContext.Default.ClaudeFailure);
            else await terminal.Error.WriteLineAsync($"{file.Path} was not changed. {e.Message}");
            return Commands.Failure;
        }
    }

    private async Task<int> ChangeAsync(string action, string done, Func<SettingsText, SettingsJournal, IEnumerable<SettingsChange>> plan, CancellationToken cancellation) =>
        Tell(done, await file.ChangeAsync(action, plan, DryRun, cancellation), []);

    private IEnumerable<SetupWarning> Warnings() => SetupWarnings.Of(EffectiveSettings.Read(home, terminal.Variable), address, Choices);

    private void TellWarnings(IEnumerable<SetupWarning> warnings)
    {
        foreach (SetupWarning warning in warnings)
        {
            terminal.Out.WriteLine($"Warning: {warning.Message}.");
            terminal.Out.WriteLine($"  → {warning.Fix}");
        }
    }

    /// <param name="others">What came of the folder's own files.</param>
    private int Tell(string done, SettingsOutcome outcome, IReadOnlyList<SettingsOutcome> others)
    {
        if (AsJson)
        {
            terminal.Out.WriteJson(ClaudeChange.Of(done, file, outcome), ClaudeCodeContext.Default.ClaudeChange);
            return 0;
        }

        foreach (SettingsOutcome other in others) terminal.Out.Write(other.Diff);
        terminal.Out.Write(outcome.Diff);
        foreach (SettingsKey key in others.SelectMany(other => other.Kept).Concat(outcome.Kept)) terminal.Out.WriteLine($"{key} was changed since then and is kept.");
        terminal.Out.WriteLine(!outcome.Changed && !others.Any(other => other.Changed) ? "There is nothing to change." : DryRun ? "Nothing was written." : done + ".");
        if (file.Read().Note is { } note) terminal.Out.WriteLine($"Note: {note}.");
        if (outcome.Backup is { } backup) terminal.Out.WriteLine($"Backup: {backup}");
        return 0;
    }

    private int Fail(string problem, int exitCode)
    {
        if (AsJson) terminal.Out.WriteJson(new ClaudeFailure(Success: false, problem), ClaudeCodeContext.Default.ClaudeFailure);
        else terminal.Error.WriteLine(problem + ".");
        return exitCode;
    }

    private void WriteText(ClaudeReport report, string claude)
    {
        terminal.Out.WriteLine(file.Path);
        terminal.Out.WriteLine(report.State switch
        {
            "here" => $"{claude} uses this proxy: {report.BaseUrl}",
            "other" => $"{claude} uses another address: {report.BaseUrl}",
            "direct" => $"{claude} uses Anthropic. To use the proxy: codex-claude-proxy claude config proxy",
            _ => $"The file cannot be read. {report.Trouble}",
        });

        if (report.Note is { } note) terminal.Out.WriteLine($"Note: {note}.");
        TellWarnings(report.Warnings);

        (string Name, string Text)[] lines = [.. report.Entries.Where(entry => entry.Value is not null || report.State == "here").Select(entry => (entry.Name, Describe(entry.Value, entry.Recommended)))];
        int width = lines.Length == 0 ? 0 : lines.Max(line => line.Name.Length);
        foreach ((string name, string text) in lines) terminal.Out.WriteLine($"  {name.PadRight(width)}  {text}");
        if (file.ReadJournal() is { IsEmpty: false } journal) terminal.Out.WriteLine($"The proxy's changes since {journal.At.ToLocalTime():yyyy-MM-dd HH:mm} can be undone: codex-claude-proxy claude config restore");
    }

    private static string Describe(string? value, string? recommended) => value is null ? $"-  (recommended: {recommended})"
        : recommended is null || value == recommended ? value
        : $"{value}  (recommended: {recommended})";
}
