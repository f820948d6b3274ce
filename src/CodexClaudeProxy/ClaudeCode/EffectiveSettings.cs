using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>One of the files Claude Code takes its settings from.</summary>
/// <param name="Scope">Whose they are: <c>user</c>, <c>project</c>, <c>local</c> or <c>managed</c>.</param>
internal sealed record SettingsSource(string Scope, string Path);

/// <summary>
/// What Claude Code's settings say all together. Its files win over the environment; of the files the administrator's wins over
/// the folder's own, that over the project's, and that over the user's.
/// </summary>
internal sealed class EffectiveSettings
{
    private readonly IReadOnlyList<(SettingsSource Source, SettingsText Text)> _files;
    private readonly Func<string, string?> _environment;

    private EffectiveSettings(IReadOnlyList<(SettingsSource, SettingsText)> files, Func<string, string?> environment) => (_files, _environment) = (files, environment);

    /// <summary>The files that are there and can be read, strongest first.</summary>
    public IReadOnlyList<(SettingsSource Source, SettingsText Text)> Files => _files;

    /// <param name="environment">Of the shell Claude Code is started in; what is not known of it is null.</param>
    public static EffectiveSettings Read(ClaudeHome home, Func<string, string?> environment) =>
        new([.. Sources(home).Select(source => (Source: source, Text: TryRead(source.Path)!)).Where(file => file.Text is not null)], environment);

    /// <summary>Every file that counts, whether it is there or not, strongest first.</summary>
    public static IEnumerable<SettingsSource> Sources(ClaudeHome home)
    {
        if (home.ManagedDirectory is { } managed)
        {
            string more = Path.Combine(managed, "managed-settings.d");
            string[] parts = Directory.Exists(more) ? Directory.GetFiles(more, "*.json") : [];
            foreach (string part in parts.OrderDescending(StringComparer.Ordinal)) yield return new SettingsSource("managed", part);
            yield return new SettingsSource("managed", Path.Combine(managed, "managed-settings.json"));
        }

        if (home.Project is { } project)
        {
            foreach ((string scope, string name) in new[] { ("local", "settings.local.json"), ("project", "settings.json") })
            {
                string path = Path.GetFullPath(Path.Combine(project, ".claude", name));
                if (!path.Equals(home.SettingsFile, UserPaths.Comparison)) yield return new SettingsSource(scope, path);
            }
        }

        yield return new SettingsSource("user", home.SettingsFile);
    }

    /// <summary>Whether a switch among the variables is on.</summary>
    public static bool IsOn(string? value) => value is not null && value.Trim().ToLowerInvariant() is not ("" or "0" or "false" or "no" or "off");

    /// <summary>The value that counts.</summary>
    public string? Variable(string name) => Find(name)?.Value;

    /// <summary>The value that counts and the file it is from; without a file it is the shell's.</summary>
    public (string Value, SettingsSource? Source)? Find(string name)
    {
        foreach ((SettingsSource source, SettingsText text) in _files)
        {
            if (ClaudeSettings.Variable(text, name) is { } value) return (value, source);
        }

        return _environment(name) is { Length: > 0 } set ? (set, null) : null;
    }

    private static SettingsText? TryRead(string file)
    {
        try
        {
            return File.Exists(file) ? SettingsText.Parse(BusyFile.Read(file)) : null;
        }
        catch (Exception e) when (ClaudeReport.IsTrouble(e))
        {
            return null;
        }
    }
}
