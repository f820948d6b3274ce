using System.Text;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>What a client should be told, and how it is told.</summary>
/// <param name="Variables">The environment variables.</param>
/// <param name="Snippets">The same in the form each place wants them.</param>
internal sealed record ClientSetupReport(IReadOnlyList<ClientVariable> Variables, IReadOnlyList<Snippet> Snippets);

/// <summary>The variables as one place wants them.</summary>
/// <param name="Id">Stable, for programs.</param>
/// <param name="Label">For people: where it belongs.</param>
/// <param name="Language">Of the text, for highlighting.</param>
/// <param name="Text">Ready to paste.</param>
internal sealed record Snippet(string Id, string Label, string Language, string Text);

/// <summary>The variables in the form each place wants them, ready to paste.</summary>
internal static class Snippets
{
    public static IReadOnlyList<Snippet> Of(IReadOnlyList<ClientVariable> variables) =>
    [
        new("bash", "bash, zsh", "bash", Lines(variables, variable => $"export {variable.Name}='{variable.Value.Replace("'", @"'\''", StringComparison.Ordinal)}'")),
        new("fish", "fish", "fish", Lines(variables, variable => $"set -gx {variable.Name} '{variable.Value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'")),
        new("powershell", "PowerShell", "powershell", Lines(variables, variable => $"$env:{variable.Name} = '{variable.Value.Replace("'", "''", StringComparison.Ordinal)}'")),
        new("cmd", "Command Prompt", "bat", Lines(variables, variable => $"set \"{variable.Name}={variable.Value}\"")),
        new("settings", "~/.claude/settings.json", "json", SettingsJson(variables)),
        new("vscode", "VS Code, settings.json", "jsonc", VsCode(variables)),
        new("jetbrains", "JetBrains: Settings, Tools, Terminal, Environment variables", "text", string.Join(';', variables.Select(variable => $"{variable.Name}={variable.Value}"))),
        new("dotenv", "docker --env-file, .env", "ini", Lines(variables, variable => $"{variable.Name}={variable.Value}")),
    ];

    private static string Lines(IReadOnlyList<ClientVariable> variables, Func<ClientVariable, string> line) =>
        string.Concat(variables.Select(variable => line(variable) + "\n"));

    private static string SettingsJson(IReadOnlyList<ClientVariable> variables)
    {
        SettingsText text = SettingsText.Parse([]);
        foreach (ClientVariable variable in variables) text = text.With(new SettingsChange(SettingsKey.Env(variable.Name), SettingsText.Quote(variable.Value)));
        return Encoding.UTF8.GetString(text.With(new SettingsChange(ClientEnvironment.SkipPreflight, "true")).ToBytes());
    }

    private static string VsCode(IReadOnlyList<ClientVariable> variables) =>
        "\"claudeCode.environmentVariables\": [\n"
        + string.Join(",\n", variables.Select(variable => $"  {{ \"name\": {SettingsText.Quote(variable.Name)}, \"value\": {SettingsText.Quote(variable.Value)} }}"))
        + "\n]\n";
}
