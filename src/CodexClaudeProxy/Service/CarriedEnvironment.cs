using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Service;

/// <summary>What a service gets of the options and the environment of its installation: a service manager starts it with hardly any variable.</summary>
/// <param name="Variables">In a fixed order; each once.</param>
internal sealed record CarriedEnvironment(IReadOnlyList<KeyValuePair<string, string>> Variables)
{
    private const string AccessKeyName = "CCP_API_KEY";
    private const string AccessKeyFileName = "CCP_API_KEY_FILE";
    private const string DataDirectoryName = "CCP_DATA_DIR";

    /// <summary>Settings that are paths: a service has another working directory, and no shell that knows <c>~</c>.</summary>
    private static readonly string[] Paths = ["data-dir", "api-key-file", "log-file"];

    private static readonly string[] OfTheNetwork =
    [
        .. ((string[])["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"]).SelectMany(name => (string[])[name, name.ToLowerInvariant()]),
        .. ExtraCertificates.Variables, "SSL_CERT_DIR", "CLR_OPENSSL_VERSION_OVERRIDE",
    ];

    /// <summary>What lies in somebody's home directory is nothing to a service of the whole machine.</summary>
    private static readonly string[] OfTheUser = ["CODEX_HOME", "CLAUDE_CONFIG_DIR", "CLAUDE_CONFIG_PATH"];

    /// <summary>All that can be carried over.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OptionsReader.Settings.Select(setting => setting.Environment[0]), .. OfTheNetwork, .. OfTheUser];

    /// <param name="flags">Options given on the command line, by setting name.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="isForSystem">The service belongs to the machine, not to a user.</param>
    public static CarriedEnvironment Collect(IReadOnlyDictionary<string, string> flags, Func<string, string?> variable, bool isForSystem)
    {
        List<KeyValuePair<string, string>> carried = [];
        foreach (Setting setting in OptionsReader.Settings)
        {
            string? value = flags.GetValueOrDefault(setting.Name) ?? setting.Environment.Select(variable).FirstOrDefault(static value => value is { Length: > 0 });
            if (value is null) continue;
            if (Paths.Contains(setting.Name)) value = Path.GetFullPath(UserPaths.ExpandHome(value, variable));
            carried.Add(new(setting.Environment[0], value));
        }

        foreach (string name in isForSystem ? OfTheNetwork : [.. OfTheNetwork, .. OfTheUser])
        {
            // On Windows a name has one value, however it is spelt.
            bool isThere = OperatingSystem.IsWindows() && carried.Exists(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (!isThere && variable(name) is { Length: > 0 } value) carried.Add(new(name, value));
        }

        return new CarriedEnvironment(carried).WithOneKey(flags);
    }

    public string? this[string name] => Variables.FirstOrDefault(pair => pair.Key == name).Value;

    /// <summary>Without the variables of these names.</summary>
    public CarriedEnvironment Without(params string[] names) => new([.. Variables.Where(pair => !names.Contains(pair.Key))]);

    /// <summary>The user of a system service may not be able to read the file, which the administrator can: then the key itself goes along.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public CarriedEnvironment WithKeyItself() => this[AccessKeyFileName] is { } file
        ? new([.. Without(AccessKeyFileName, AccessKeyName).Variables, new(AccessKeyName, AccessKey.Read(file))])
        : this;

    /// <summary>What can be said as options of the command line, where that is all there is.</summary>
    public IEnumerable<KeyValuePair<string, string>> Flags() =>
        OptionsReader.Settings.Where(static setting => setting.IsFlag && setting.Environment[0] != AccessKeyName)
            .Select(setting => KeyValuePair.Create(setting.Flag, this[setting.Environment[0]]!)).Where(static flag => flag.Value is not null);

    /// <summary>The names of what <see cref="Flags"/> cannot say.</summary>
    public IEnumerable<string> NamesWithoutFlag() =>
        Variables.Select(static pair => pair.Key).Where(static name => !Array.Exists(OptionsReader.Settings, setting => setting.IsFlag && setting.Environment[0] == name && name != AccessKeyName));

    public CarriedEnvironment WithoutDataDirectory() => Without(DataDirectoryName);

    /// <summary>Why it cannot be carried over, as a sentence; null when it can.</summary>
    public string? Problem => Variables.FirstOrDefault(static pair => pair.Value.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0) is { Key: { } name }
        ? $"{name}: a service cannot be given a value of several lines." : null;

    /// <summary>A value as it may be shown.</summary>
    public static string Shown(string name, string value)
    {
        if (name == AccessKeyName) return "(hidden)";
        int at = value.IndexOf('@', StringComparison.Ordinal);
        int host = value.IndexOf("://", StringComparison.Ordinal);
        return name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase) && at >= 0 ? $"{(host >= 0 && host < at ? value[..(host + 3)] : "")}(hidden){value[at..]}" : value;
    }

    /// <summary>With its secrets hidden.</summary>
    public CarriedEnvironment Masked() => new([.. Variables.Select(static pair => KeyValuePair.Create(pair.Key, Shown(pair.Key, pair.Value)))]);

    /// <summary>The key and the file that holds it are one setting: the one on the command line wins.</summary>
    private CarriedEnvironment WithOneKey(IReadOnlyDictionary<string, string> flags) =>
        flags.ContainsKey("api-key-file") ? Without(AccessKeyName) : flags.ContainsKey("api-key") ? Without(AccessKeyFileName) : this;
}
