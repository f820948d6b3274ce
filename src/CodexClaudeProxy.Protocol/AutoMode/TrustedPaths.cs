namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>Whether a path lies plainly in the directories the client works in, by its text alone: no file system is asked.</summary>
internal sealed class TrustedPaths(ClassifierContext context)
{
    private readonly StringComparison _comparison = context.IgnoresCase || context.IsWindows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
    private readonly List<string> _roots = [.. context.Trusted.Select(path => Normalise(path, context.IsWindows)).OfType<string>().Where(path => path.Trim('/').Length > 0)];

    public bool Contains(string path) => Below(path) is not null;

    /// <summary>In the directories, and under no name that begins with a dot: there are settings, hooks and secrets.</summary>
    public bool ContainsOrdinary(string path) => Below(path) is { } rest && !rest.Split('/').Any(static part => part.StartsWith('.'));

    /// <summary>The part below the trusted directory, or null.</summary>
    private string? Below(string path)
    {
        var full = IsAbsolute(path) ? path : $"{context.WorkingDirectory}/{path}";
        if (path.StartsWith('~') || Normalise(full, context.IsWindows) is not { } normal) return null;
        foreach (var root in _roots)
        {
            if (normal.Equals(root, _comparison)) return "";
            if (normal.StartsWith(root, _comparison) && normal[root.Length] == '/') return normal[(root.Length + 1)..];
        }

        return null;
    }

    private bool IsAbsolute(string path) => path.StartsWith('/') || (context.IsWindows && (path.StartsWith('\\') || path.Length > 1 && path[1] == ':'));

    /// <summary>Without <c>.</c>, <c>..</c> and doubled slashes; null for a path that leads above its root or holds control characters.</summary>
    private static string? Normalise(string path, bool isWindows)
    {
        if (path.Any(char.IsControl)) return null;
        if (isWindows) path = path.Replace('\\', '/');
        List<string> parts = [];
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return null;
            else parts.RemoveAt(parts.Count - 1);
        }

        return (path.StartsWith('/') ? "/" : "") + string.Join('/', parts);
    }
}
