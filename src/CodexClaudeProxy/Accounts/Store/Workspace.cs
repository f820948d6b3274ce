using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>The workspace of an account as <c>GET /wham/accounts/check</c> describes it: what tells two accounts of one e-mail address apart.</summary>
/// <param name="Name">For people; null when it has none, as a personal one.</param>
/// <param name="IsPersonal">It is not an organisation's.</param>
internal sealed record Workspace(string? Name, bool IsPersonal)
{
    public const int LongestName = 64;
    private const string Personal = "personal";

    /// <summary>What was told; null when the answer says neither.</summary>
    /// <param name="structure"><c>personal</c> or <c>workspace</c>.</param>
    public static Workspace? Of(string? name, string? structure)
    {
        string? clean = Clean(name);
        return clean is null && structure is null ? null : new Workspace(clean, structure == Personal);
    }

    /// <summary>Reads our own member of the account.</summary>
    public static Workspace? Read(JsonElement stored) =>
        stored.ValueKind == JsonValueKind.Object ? Of(stored.Text("name"), stored.Text("structure")) : null;

    /// <summary>Our own member of the account.</summary>
    public JsonObject Write() => new() { ["name"] = Name, ["structure"] = IsPersonal ? Personal : "workspace" };

    /// <summary>Somebody else chose it, and it is shown in terminals: nothing in it may move the cursor or turn the text around.</summary>
    private static string? Clean(string? name)
    {
        if (name is null) return null;
        var clean = new StringBuilder();
        foreach (Rune rune in name.EnumerateRunes())
        {
            bool isShown = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            if (isShown && clean.Length + rune.Utf16SequenceLength <= LongestName) clean.Append(rune);
        }

        string text = clean.ToString().Trim();
        return text.Length == 0 ? null : text;
    }
}
