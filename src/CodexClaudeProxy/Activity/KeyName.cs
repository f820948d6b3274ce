namespace CodexClaudeProxy.Activity;

/// <summary>
/// What a request keeps of the key its client presented: the key's id, and its name at that time. One text, so that both are there for as long as
/// the log, also when the key is not.
/// </summary>
internal static class KeyName
{
    public static string Of(string id, string name) => $"{id} {name}";

    public static string? IdIn(string? text) => text?.IndexOf(' ') is >= 0 and { } end ? text[..end] : text;

    public static string? NameIn(string? text) => text?.IndexOf(' ') is >= 0 and { } end ? text[(end + 1)..] : text;

    /// <summary>Whether a key is meant by its id or by its name at that time.</summary>
    public static bool Fits(string key, string? text) => text is not null && (key == IdIn(text) || key.Equals(NameIn(text), StringComparison.OrdinalIgnoreCase));
}
