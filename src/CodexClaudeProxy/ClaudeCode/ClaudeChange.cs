using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>What came of a change of Claude Code's settings.</summary>
/// <param name="Success">True.</param>
/// <param name="Message">For people.</param>
/// <param name="ConfigPath">The file.</param>
/// <param name="Changed">Whether anything is, or would be, another than before.</param>
/// <param name="Diff">Unified, with keys masked; empty when nothing changes.</param>
/// <param name="Backup">The copy of the file from before; null when nothing was written or there was no file.</param>
/// <param name="Kept">Members that were changed after the proxy wrote them and are therefore kept, such as <c>env.ANTHROPIC_MODEL</c>.</param>
/// <param name="Note">What keeps Claude Code from reading the file, though we can; null for nothing.</param>
/// <param name="Config">The whole file as it is now, with keys masked.</param>
internal sealed record ClaudeChange(
    bool Success, string Message, string ConfigPath, bool Changed, string Diff, string? Backup, IReadOnlyList<SettingsKey> Kept, string? Note, JsonElement? Config)
{
    public static ClaudeChange Of(string message, SettingsFile file, SettingsOutcome outcome)
    {
        SettingsText text = file.Read();
        return new ClaudeChange(Success: true, message, file.Path, outcome.Changed, outcome.Diff, outcome.Backup, outcome.Kept, text.Note, ClaudeReport.ConfigOf(file, text));
    }
}

/// <summary>Why Claude Code's settings were not changed.</summary>
/// <param name="Success">False.</param>
/// <param name="Error">For people.</param>
/// <param name="Problem">Where the trouble is; absent when no file is to blame.</param>
internal sealed record ClaudeFailure(bool Success, string Error, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SettingsProblem? Problem = null)
{
    public static ClaudeFailure Of(SettingsFile file, Exception trouble) => new(Success: false, $"{file.Path}: {trouble.Message}", SettingsProblem.Of(trouble));
}
