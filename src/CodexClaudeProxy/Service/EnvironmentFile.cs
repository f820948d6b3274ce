using System.Text;

namespace CodexClaudeProxy.Service;

/// <summary>The file that <c>EnvironmentFile=</c> of a systemd unit names: options of the service, for its owner to change.</summary>
internal static class EnvironmentFile
{
    private const string Head = """
        # Options of the service codex-claude-proxy, and variables that it is to see. Only its owner may read this file: it may hold secrets.
        # After a change: codex-claude-proxy service restart

        """;

    /// <summary>The variables that a text sets. What cannot be read sets nothing.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (NameOf(line) is { } name) variables[name] = Unquote(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
        }

        return variables;
    }

    /// <summary>The text with these variables set, and nothing else of what can be carried over; comments and other variables stay.</summary>
    /// <param name="existing">Empty for a new file.</param>
    public static string With(string existing, CarriedEnvironment environment)
    {
        IEnumerable<string> kept = (existing.Length == 0 ? Head : existing).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')
            .Where(line => NameOf(line) is not { } name || !CarriedEnvironment.Names.Contains(name));
        return string.Join('\n', [.. kept, .. environment.Variables.Select(static pair => $"{pair.Key}={Quote(pair.Value)}"), ""]);
    }

    /// <summary>The name that a line sets; null for comments and what is none.</summary>
    private static string? NameOf(string line)
    {
        int end = line.IndexOf('=', StringComparison.Ordinal);
        string name = end > 0 ? line[..end].Trim() : "";
        return name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : null;
    }

    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in value)
        {
            if (c is '"' or '\\' or '`' or '$') quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    private static string Unquote(string value)
    {
        if (value is ['\'', .. var literal, '\'']) return literal;
        bool isQuoted = value is ['"', .., '"'] && value.Length > 1;
        var plain = new StringBuilder();
        string text = isQuoted ? value[1..^1] : value;
        for (int i = 0; i < text.Length; i++)
        {
            // In double quotes a backslash stays where it protects nothing.
            if (text[i] == '\\' && i + 1 < text.Length && (!isQuoted || text[i + 1] is '"' or '\\' or '`' or '$')) i++;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
