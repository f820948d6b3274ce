using System.IO.Enumeration;

namespace CodexClaudeProxy.Settings;

/// <summary>A list of model names and patterns with <c>*</c>, as an owner writes it.</summary>
internal static class ModelPatterns
{
    private const int Most = 50;
    private const int LongestName = 100;

    /// <summary>Null when it is no such list, or an empty one.</summary>
    public static IReadOnlyList<string>? Read(string text)
    {
        string[] patterns = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
        return patterns.Length is > 0 and <= Most && patterns.All(static pattern => pattern.Length <= LongestName && !pattern.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c))) ? patterns : null;
    }

    /// <summary>Null for an empty list.</summary>
    public static string? Text(IReadOnlyList<string> patterns) => patterns.Count == 0 ? null : string.Join(", ", patterns);

    /// <summary>Whether one of them is the name, or stands for it, in any case.</summary>
    public static bool Match(IReadOnlyList<string> patterns, string name) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name));
}
