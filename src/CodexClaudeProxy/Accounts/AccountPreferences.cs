using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Accounts;

/// <summary>
/// What the owner sets about an account. The members are ours, except <c>enabled</c>; the original ignores and keeps them. A default
/// value needs no member.
/// </summary>
internal static class AccountPreferences
{
    public const int MostPriority = 1000;
    public const int LongestLabel = 60;

    /// <summary>What a member must be, for whoever got it wrong.</summary>
    public static string RuleOf(string member) => member switch
    {
        "label" => $"must be one line of at most {LongestLabel} characters",
        "priority" => $"must be a whole number from -{MostPriority} to {MostPriority}; lower comes first",
        "reserve" => "must be a whole number of percent from 0 to 100",
        "enabled" => "must be true or false",
        _ => "is nothing that can be set; known are label, priority, reserve and enabled",
    };

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
