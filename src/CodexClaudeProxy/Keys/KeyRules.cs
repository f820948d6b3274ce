using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Keys;

/// <summary>A member of a key that cannot be as it is wanted.</summary>
internal sealed class KeyRefusedException(string member, string message) : Exception(message)
{
    public string Member { get; } = member;
}

/// <summary>What the members of a key may be.</summary>
internal static class KeyRules
{
    public const int LongestName = 60;
    public const int MostKeys = 200;
    public const int MostLimits = 20;

    public const string Name = "a name of 1 to 60 characters that no other key has";
    public const string Models = "a list of model names or patterns with *, null for all models";
    public const string Limits = "a list of objects with kind, span, maximum and maybe model, null for none";
    public const string Expires = "a time to come such as 2027-01-31T00:00:00Z, null for never";

    /// <exception cref="KeyRefusedException">A member cannot be as it is.</exception>
    public static void Check(ClientKey key, IReadOnlyList<ClientKey> all)
    {
        if (key.Name.Length is 0 or > LongestName || key.Name.Trim() != key.Name || key.Name.Any(char.IsControl)) throw new KeyRefusedException("name", $"name must be {Name}");
        if (all.Any(other => other.Id != key.Id && other.Name.Equals(key.Name, StringComparison.OrdinalIgnoreCase)))
            throw new KeyRefusedException("name", $"There is already a key named '{key.Name}'");
        // An absent model is none: it must not turn into one that happens to be called null.
        if (key.Models is { } models && models.Any(static pattern => pattern is null || ModelPatterns.Read(pattern) is not { Count: 1 })) throw new KeyRefusedException("models", $"models must be {Models}");
        if (key.Models is { Count: > 0 } named && ModelPatterns.Read(string.Join(',', named)) is null) throw new KeyRefusedException("models", "models must be at most 50");
        if (key.AllLimits.Any(static limit => limit is null)) throw new KeyRefusedException("limits", $"limits must be {Limits}");
        if (key.AllLimits.FirstOrDefault(static limit => limit.Fault is not null) is { Fault: { } problem }) throw new KeyRefusedException("limits", $"limits: {problem}");
        if (key.AllLimits.Count > MostLimits) throw new KeyRefusedException("limits", $"limits must be at most {MostLimits}");
        if (key.AllLimits.DistinctBy(static limit => limit.Slot).Count() < key.AllLimits.Count) throw new KeyRefusedException("limits", "limits: two of them have the same kind, span and model");
    }
}
