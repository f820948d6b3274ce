using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>
/// What the client's <c>classifier_context</c> says that a check needs. It holds local paths and the user's rules: nothing of it
/// may be logged or kept.
/// </summary>
public sealed class ClassifierContext
{
    /// <summary>The literal that stands in the user's lists for the built-in rules.</summary>
    private const string Defaults = "$defaults";

    /// <summary>Rules beyond this are not judged by: a part of them would be no rules at all.</summary>
    private const int LongestRules = 24_000;

    private const int Version = 1;

    private ClassifierContext() { }

    public string WorkingDirectory { get; private init; } = "";

    public string Home { get; private init; } = "";

    /// <summary>The directories the client works in, each as the user wrote it and as it is resolved.</summary>
    public IReadOnlyList<string> Trusted { get; private init; } = [];

    public bool IsWindows { get; private init; }

    public bool IgnoresCase { get; private init; }

    /// <summary>The user wants every shell command judged.</summary>
    public bool ClassifyAllShell { get; private init; }

    /// <summary>The user's rules by their path in the context, such as <c>auto_mode.soft_deny.1</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Rules { get; private init; } = [];

    /// <summary>Which of our own rules count: <c>hard</c>, <c>soft</c>, <c>allow</c>. A list of the user's without <c>$defaults</c> takes their place.</summary>
    public IReadOnlyList<string> BuiltIn { get; private init; } = [];

    /// <summary>Null when there is none, or none of a form we know: then nothing can be judged.</summary>
    /// <param name="root">The client's request.</param>
    public static ClassifierContext? Read(JsonElement root)
    {
        if (root.Member("safeguards"u8) is not { ValueKind: JsonValueKind.Array } safeguards) return null;
        foreach (var safeguard in safeguards.EnumerateArray())
        {
            if (safeguard.Text("type"u8) == "dangerous_tool_use") return Of(safeguard.Member("classifier_context"u8));
        }

        return null;
    }

    private static ClassifierContext? Of(JsonElement context)
    {
        if (context.Member("v"u8) is not { ValueKind: JsonValueKind.Number } version || !version.TryGetInt32(out var number) || number != Version) return null;
        List<KeyValuePair<string, string>> rules = [];
        List<string> builtIn = [];
        var lists = context.Member("auto_mode"u8);
        foreach (var (name, section) in (ReadOnlySpan<(string, string?)>)[("allow", "allow"), ("soft_deny", "soft"), ("hard_deny", "hard"), ("environment", null)])
        {
            var entries = Strings(lists.Member(System.Text.Encoding.ASCII.GetBytes(name)));
            if (section is not null && (entries.Count == 0 || entries.Contains(Defaults))) builtIn.Add(section);
            for (var i = 0; i < entries.Count; i++)
            {
                if (entries[i] != Defaults) rules.Add(new($"auto_mode.{name}.{i}", entries[i]));
            }
        }

        AddPermissions(context.Member("rules"u8), "deny", rules);
        AddPermissions(context.Member("rules"u8), "ask", rules);
        if (rules.Sum(static rule => rule.Value.Length) > LongestRules) return null;
        return new ClassifierContext
        {
            WorkingDirectory = context.Text("live_cwd"u8) ?? "",
            Home = context.Text("home_dir"u8) ?? "",
            Trusted = Directories(context.Member("trusted_directories"u8)),
            IsWindows = context.Text("platform"u8)?.StartsWith("win", StringComparison.OrdinalIgnoreCase) == true,
            IgnoresCase = context.IsTrue("case_insensitive_paths"u8),
            ClassifyAllShell = context.IsTrue("classify_all_shell"u8),
            Rules = rules,
            BuiltIn = builtIn,
        };
    }

    private static void AddPermissions(JsonElement permissions, string name, List<KeyValuePair<string, string>> rules)
    {
        if (permissions.Member(System.Text.Encoding.ASCII.GetBytes(name)) is not { ValueKind: JsonValueKind.Array } entries) return;
        var index = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.Text("rule"u8) is { } rule) rules.Add(new($"rules.{name}.{index}", rule));
            index++;
        }
    }

    private static List<string> Directories(JsonElement trusted)
    {
        List<string> paths = [];
        Add(trusted.Member("primary"u8));
        if (trusted.Member("additional"u8) is { ValueKind: JsonValueKind.Array } additional)
        {
            foreach (var directory in additional.EnumerateArray()) Add(directory);
        }

        return [.. paths.Distinct()];

        void Add(JsonElement directory)
        {
            if (directory.Text("path"u8) is { } path) paths.Add(path);
            paths.AddRange(Strings(directory.Member("resolved"u8)));
        }
    }

    private static List<string> Strings(JsonElement list) =>
        list.IsArray() ? [.. list.EnumerateArray().Where(static entry => entry.IsString()).Select(static entry => entry.GetString()!)] : [];
}
