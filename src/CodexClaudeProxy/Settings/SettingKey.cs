using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Settings;

/// <summary>One member of <c>settings.json</c>: what it is called, what it may be, and what it does.</summary>
/// <param name="Type">The JSON type, for people and for the dashboard: <c>choice</c>, <c>boolean</c>, <c>integer</c>, <c>string</c>, <c>map</c>, <c>prices</c>.</param>
/// <param name="Parse">The settings with this value in them; null when it cannot be that.</param>
/// <param name="Value">Its value in the settings, in JSON; null for null.</param>
internal sealed record SettingKey(
    string Name, string Type, string Help, Func<ProxySettings, JsonElement, ProxySettings?> Parse, Func<ProxySettings, JsonNode?> Value)
{
    /// <summary>The type of a map of model names to prices.</summary>
    public const string PriceMap = "prices";

    public IReadOnlyList<string> Values { get; init; } = [];

    public int? Min { get; init; }

    public int? Max { get; init; }

    public bool Nullable { get; init; }

    /// <summary>What a text must look like, where not every text will do.</summary>
    public string? Form { get; init; }

    /// <summary>What a value must be, in the words of an error message.</summary>
    public string Expected => Type switch
    {
        "choice" => "one of: " + string.Join(", ", Values) + (Nullable ? ", or null" : ""),
        "boolean" => "true or false",
        "integer" => $"a whole number from {Min} to {Max}",
        "map" => "an object of model name or pattern to model name",
        PriceMap => "an object of model name to price",
        _ => (Form ?? "a non-empty string") + (Nullable ? " or null" : ""),
    };

    /// <summary>Tells what is wrong with a value, where there is more to say than what it must be.</summary>
    public Func<JsonElement, string?> Fault { get; init; } = static _ => null;

    /// <summary>What is wrong with a value that <see cref="Parse"/> does not take.</summary>
    public string FaultOf(JsonElement value) => Fault(value) ?? $"must be {Expected}";

    public static SettingKey Choice<T>(string name, string help, (string Word, T Value)[] choices, Func<ProxySettings, T> get, Func<ProxySettings, T, ProxySettings> set) =>
        new(name, "choice", help,
            (settings, json) =>
            {
                if (json.ValueKind != JsonValueKind.String) return null;
                int at = Array.FindIndex(choices, choice => json.ValueEquals(choice.Word));
                return at < 0 ? null : set(settings, choices[at].Value);
            },
            settings => Array.FindIndex(choices, choice => Equals(choice.Value, get(settings))) is >= 0 and var at ? choices[at].Word : null)
        { Values = [.. choices.Select(choice => choice.Word)] };

    public static SettingKey Flag(string name, string help, Func<ProxySettings, bool> get, Func<ProxySettings, bool, ProxySettings> set) =>
        new(name, "boolean", help,
            (settings, json) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? set(settings, json.GetBoolean()) : null,
            settings => get(settings));

    public static SettingKey Number(string name, string help, int min, int max, Func<ProxySettings, int> get, Func<ProxySettings, int, ProxySettings> set) =>
        new(name, "integer", help,
            (settings, json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int value) && value >= min && value <= max ? set(settings, value) : null,
            settings => get(settings))
        { Min = min, Max = max };

    /// <param name="set">The settings with this text in them; null when it cannot be that.</param>
    public static SettingKey Text(string name, string help, Func<ProxySettings, string?> get, Func<ProxySettings, string, ProxySettings?> set) =>
        new(name, "string", help, (settings, json) => json.ValueKind == JsonValueKind.String ? set(settings, json.GetString()!) : null, settings => get(settings)) { Nullable = true };

    public SettingDescription Describe() => new(Name, Type, Help, Values.Count > 0 ? Values : null, Min, Max, Nullable, Value(ProxySettings.Default));
}

/// <summary>What a setting may be, for people, for the dashboard and for the documentation.</summary>
/// <param name="Name">What the setting is called.</param>
/// <param name="Type"><c>choice</c>, <c>boolean</c>, <c>integer</c>, <c>string</c>, <c>map</c> (of model names to model names) or <c>prices</c> (of model names to prices).</param>
/// <param name="Description">What it does.</param>
/// <param name="Values">The words of a choice; absent for any other type.</param>
/// <param name="Min">The least number; absent where it is none.</param>
/// <param name="Max">The greatest number; absent where it is none.</param>
/// <param name="Nullable">Whether null is a value of its own.</param>
/// <param name="Default">What counts as long as nothing is set.</param>
internal sealed record SettingDescription(
    string Name, string Type, string Description,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Values,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Min,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Max,
    bool Nullable, JsonNode? Default);
