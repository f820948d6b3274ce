using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>
/// What the owner sets about an account. The members are ours, except <c>enabled</c>; the original ignores and keeps them. A default
/// value needs no member.
/// </summary>
internal static class AccountPreferences
{
    public const int MostPriority = 1000;
    public const int LongestLabel = 60;
    public const int MostExcludedModels = 50;
    public const int LongestModel = 100;

    /// <summary>What a member must be, for whoever got it wrong, and what is wrong with this value where that can be told.</summary>
    public static string RuleOf(string member, JsonElement value)
    {
        string? problem = member == "proxy" && value.ValueKind == JsonValueKind.String ? AccountProxy.Parse(value.GetString()!).Problem : null;
        return problem is null ? RuleOf(member) : $"{RuleOf(member)}: {problem}";
    }

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
            "reserve" when isNumber && IsReserve(number) => (document, account) => SetReserve(document, account, isDefault ? null : number),
            "reserves" when isDefault => (document, account) => document.Set(account, "reserves", null),
            "reserves" when IsReserves(value) => SetReservesTo(value.Clone()),
            "excludedModels" when isDefault => (document, account) => SetExcludedModels(document, account, []),
            "excludedModels" when ReadModels(value) is { } models => (document, account) => SetExcludedModels(document, account, models),
            "proxy" when text is not null && string.IsNullOrWhiteSpace(text) => (document, account) => SetProxy(document, account, null),
            "proxy" when text is not null && AccountProxy.Parse(text) is { Problem: null } proxy => (document, account) => SetProxy(document, account, proxy),
            "enabled" when flag is { } enabled => (document, account) => SetEnabled(document, account, enabled),
            _ => null,
        };
    }

    public static bool IsLabel(string text) => text.Length <= LongestLabel && !text.Any(char.IsControl);

    public static bool IsPriority(int number) => Math.Abs((long)number) <= MostPriority;

    public static bool IsReserve(int percent) => WindowReserve.IsPercent(percent);

    /// <summary>A model's name, or a pattern for some.</summary>
    public static bool IsModel(string? text) => text?.Trim() is { Length: > 0 and <= LongestModel } && !text.Any(char.IsControl);

    /// <summary>What an account's entry tells; what cannot be read of it counts as absent.</summary>
    public static IReadOnlyList<WindowReserve> ReservesIn(JsonElement stored) => stored.ValueKind != JsonValueKind.Object ? [] :
    [
        .. from entry in stored.EnumerateObject()
           let length = WindowName.Read(entry.Name)
           where length is not null && entry.Value.ValueKind == JsonValueKind.Number
           select new WindowReserve(length.Value, (int)Math.Clamp(entry.Value.GetDouble(), 0, 100)),
    ];

    /// <summary>As <see cref="ReservesIn"/>.</summary>
    public static IReadOnlyList<string> ExcludedModelsIn(JsonElement stored) => stored.ValueKind != JsonValueKind.Array ? [] :
        [.. stored.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.String).Select(entry => entry.GetString()).Where(IsModel).Take(MostExcludedModels)!];

    /// <summary>What cannot be read counts as a proxy that cannot be used: nothing may go out around it.</summary>
    public static AccountProxy? ProxyIn(JsonElement stored) => stored.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => AccountProxy.Parse(stored.GetString()!),
        _ => AccountProxy.Parse(""),
    };

    private static bool IsReserves(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() <= WindowReserve.MostWindows && value.EnumerateObject().All(entry =>
            WindowName.Read(entry.Name) is not null
            && (entry.Value.ValueKind == JsonValueKind.Null || entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int percent) && IsReserve(percent)));

    private static string[]? ReadModels(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MostExcludedModels) return null;
        string[] models = [.. value.EnumerateArray().Select(entry => entry.ValueKind == JsonValueKind.String ? entry.GetString()! : "")];
        return models.All(IsModel) ? models : null;
    }

    /// <summary>An empty label is none. What would turn the text around it is omitted.</summary>
    public static void SetLabel(AccountsDocument document, Account account, string label) =>
        document.Set(account, "label", PlainText.Of(label).Trim() is { Length: > 0 } plain ? plain : null);

    public static void SetPriority(AccountsDocument document, Account account, int priority) =>
        document.Set(account, "priority", priority == 0 ? null : JsonValue.Create(priority));

    /// <param name="percent">Null where the settings decide.</param>
    public static void SetReserve(AccountsDocument document, Account account, int? percent) =>
        document.Set(account, "reserve", percent is { } number ? JsonValue.Create(number) : null);

    /// <summary>Of the windows of one length; the others stay.</summary>
    /// <param name="percent">Null where the settings decide.</param>
    public static void SetReserve(AccountsDocument document, Account account, TimeSpan length, int? percent)
    {
        WindowReserve[] others = [.. (document.Accounts.Find(account) ?? account).Reserves.Where(reserve => reserve.Length != length)];
        WindowReserve[] all = percent is { } number ? [.. others, new WindowReserve(length, number)] : others;
        document.Set(account, "reserves", all.Length == 0 ? null
            : new JsonObject(all.OrderBy(reserve => reserve.Length).Select(reserve => KeyValuePair.Create(WindowName.Of(reserve.Length), (JsonNode?)reserve.Percent))));
    }

    public static void SetExcludedModels(AccountsDocument document, Account account, IEnumerable<string> models)
    {
        JsonNode?[] names = [.. models.Select(model => model.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).Select(model => JsonValue.Create(model))];
        document.Set(account, "excludedModels", names.Length == 0 ? null : new JsonArray(names));
    }

    /// <param name="proxy">Null where the environment decides.</param>
    public static void SetProxy(AccountsDocument document, Account account, AccountProxy? proxy) =>
        document.Set(account, "proxy", proxy is null ? null : JsonValue.Create(proxy.Text));

    private static Action<AccountsDocument, Account> SetReservesTo(JsonElement changes) => (document, account) =>
    {
        foreach (JsonProperty change in changes.EnumerateObject())
            SetReserve(document, account, WindowName.Read(change.Name)!.Value, change.Value.ValueKind == JsonValueKind.Null ? null : change.Value.GetInt32());
    };

    /// <summary>The original's word.</summary>
    public static void SetEnabled(AccountsDocument document, Account account, bool enabled) =>
        document.Set(account, "enabled", enabled ? null : JsonValue.Create(false));
}

/// <summary>What an owner changes about an account. A member that is absent stays as it is; null is the default.</summary>
/// <param name="Label">A name of one's own; none by default.</param>
/// <param name="Priority">Of the usable accounts, those with the lowest number serve; 0 by default.</param>
/// <param name="Reserve">Percent of the weekly window to keep back; by default what the setting <c>reserves</c> says, else nothing.</param>
/// <param name="Reserves">The same for windows of other lengths: <c>5h</c>, <c>7d</c> or <c>30d</c> to percent, or to null for the default. Windows that are not named stay as they are.</param>
/// <param name="ExcludedModels">Names and patterns with <c>*</c> of models that the account never serves; none by default.</param>
/// <param name="Proxy">What everything of the account goes through, such as <c>socks5://user:password@host:1080</c>, or <c>direct</c> for no proxy; by default what the environment of the program says. Its credentials are never shown again.</param>
/// <param name="Enabled">Whether anything is sent with the account; true by default.</param>
internal sealed record AccountChange(
    [property: Description("one line of at most 60 characters")] string? Label,
    [property: Description("a whole number from -1000 to 1000; lower comes first")] int? Priority,
    [property: Description("a whole number of percent from 0 to 100")] int? Reserve,
    [property: Description("an object of window length, such as 5h or 7d, to a whole number of percent from 0 to 100 or null")] IReadOnlyDictionary<string, int?>? Reserves,
    [property: Description("a list of at most 50 model names or patterns with *")] IReadOnlyList<string>? ExcludedModels,
    [property: Description("the address of an http, https, socks5 or socks4a proxy, such as socks5://user:password@host:1080, or direct")] string? Proxy,
    [property: Description("true or false")] bool? Enabled);
