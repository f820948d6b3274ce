using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>
/// What the owner sets about an account. The members are ours, except <c>enabled</c>; the original ignores and keeps them. A default
/// value needs no member.
/// </summary>
internal static class AccountPreferences
{
    public const int MostPriority = 1000;
    public const int LongestLabel = 60;

    /// <summary>What a member must be, for whoever got it wrong.</summary>
    public static string RuleOf(string member)
    {
        IList<JsonPropertyInfo> known = StoreContext.Default.AccountChange.Properties;
        object[] rule = known.FirstOrDefault(property => property.Name == member)?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: false) ?? [];
        return rule is [DescriptionAttribute wanted, ..]
            ? $"must be {wanted.Description}"
            : $"is nothing that can be set; known are {string.Join(", ", known.Take(known.Count - 1).Select(property => property.Name))} and {known[^1].Name}";
    }

    /// <summary>The change a member of a request stands for; null when its value is not allowed. JSON null is the default.</summary>
    public static Action<AccountsDocument, Account>? Read(string member, JsonElement value)
    {
        bool isDefault = value.ValueKind == JsonValueKind.Null;
        int number = 0;
        bool isNumber = isDefault || (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number));
        string? text = isDefault ? "" : value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        bool? flag = isDefault || value.ValueKind == JsonValueKind.True ? true : value.ValueKind == JsonValueKind.False ? false : null;
        return member switch
        {
            "label" when text is not null && IsLabel(text) => (document, account) => SetLabel(document, account, text),
            "priority" when isNumber && IsPriority(number) => (document, account) => SetPriority(document, account, number),
            "reserve" when isNumber && IsReserve(number) => (document, account) => SetReserve(document, account, number),
            "enabled" when flag is { } enabled => (document, account) => SetEnabled(document, account, enabled),
            _ => null,
        };
    }

    public static bool IsLabel(string text) => text.Length <= LongestLabel && !text.Any(char.IsControl);

    public static bool IsPriority(int number) => Math.Abs((long)number) <= MostPriority;

    public static bool IsReserve(int percent) => percent is >= 0 and <= 100;

    /// <summary>An empty label is none.</summary>
    public static void SetLabel(AccountsDocument document, Account account, string label) =>
        document.Set(account, "label", string.IsNullOrWhiteSpace(label) ? null : label.Trim());

    public static void SetPriority(AccountsDocument document, Account account, int priority) =>
        document.Set(account, "priority", priority == 0 ? null : JsonValue.Create(priority));

    public static void SetReserve(AccountsDocument document, Account account, int percent) =>
        document.Set(account, "reserve", percent == 0 ? null : JsonValue.Create(percent));

    /// <summary>The original's word.</summary>
    public static void SetEnabled(AccountsDocument document, Account account, bool enabled) =>
        document.Set(account, "enabled", enabled ? null : JsonValue.Create(false));
}

/// <summary>What an owner changes about an account. A member that is absent stays as it is; null is the default.</summary>
/// <param name="Label">A name of one's own; none by default.</param>
/// <param name="Priority">Of the usable accounts, those with the lowest number serve; 0 by default.</param>
/// <param name="Reserve">Percent of the weekly window to keep back; 0 by default.</param>
/// <param name="Enabled">Whether anything is sent with the account; true by default.</param>
internal sealed record AccountChange(
    [property: Description("one line of at most 60 characters")] string? Label,
    [property: Description("a whole number from -1000 to 1000; lower comes first")] int? Priority,
    [property: Description("a whole number of percent from 0 to 100")] int? Reserve,
    [property: Description("true or false")] bool? Enabled);
