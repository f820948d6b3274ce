using System.Text.Json;

namespace CodexClaudeProxy.Settings;

/// <summary>One member of <c>settings.json</c>: what it is called, what it may be, and what it does.</summary>
/// <param name="Type">The JSON type, for people and for the dashboard: <c>choice</c>, <c>boolean</c>, <c>integer</c>, <c>string</c>, <c>map</c>.</param>
/// <param name="Parse">The settings with this value in them; null when it cannot be that.</param>
/// <param name="Write">Writes the value.</param>
internal sealed record SettingKey(
    string Name, string Type, string Help, Func<ProxySettings, JsonElement, ProxySettings?> Parse, Action<Utf8JsonWriter, ProxySettings> Write)
{
    public IReadOnlyList<string> Values { get; init; } = [];

    public int? Min { get; init; }

    public int? Max { get; init; }

    public bool Nullable { get; init; }

    /// <summary>What a value must be, in the words of an error message.</summary>
    public string Expected => Type switch
    {
        "choice" => "one of: " + string.Join(", ", Values) + (Nullable ? ", or null" : ""),
        "boolean" => "true or false",
        "integer" => $"a whole number from {Min} to {Max}",
        "map" => "an object of model name or pattern to model name",
        _ => "a non-empty string" + (Nullable ? " or null" : ""),
    };

    public static SettingKey Choice<T>(string name, string help, (string Word, T Value)[] choices, Func<ProxySettings, T> get, Func<ProxySettings, T, ProxySettings> set) =>
        new(name, "choice", help,
            (settings, json) =>
            {
                if (json.ValueKind != JsonValueKind.String) return null;
                int at = Array.FindIndex(choices, choice => json.ValueEquals(choice.Word));
                return at < 0 ? null : set(settings, choices[at].Value);
            },
            (json, settings) =>
            {
                int at = Array.FindIndex(choices, choice => Equals(choice.Value, get(settings)));
                if (at < 0) json.WriteNullValue();
                else json.WriteStringValue(choices[at].Word);
            })
        { Values = [.. choices.Select(choice => choice.Word)] };

    public static SettingKey Flag(string name, string help, Func<ProxySettings, bool> get, Func<ProxySettings, bool, ProxySettings> set) =>
        new(name, "boolean", help,
            (settings, json) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? set(settings, json.GetBoolean()) : null,
            (json, settings) => json.WriteBooleanValue(get(settings)));

    public static SettingKey Number(string name, string help, int min, int max, Func<ProxySettings, int> get, Func<ProxySettings, int, ProxySettings> set) =>
        new(name, "integer", help,
            (settings, json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out int value) && value >= min && value <= max ? set(settings, value) : null,
            (json, settings) => json.WriteNumberValue(get(settings)))
        { Min = min, Max = max };

    public void WriteDescription(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, Name);
        json.WriteString("type"u8, Type);
        json.WriteString("description"u8, Help);
        if (Values.Count > 0)
        {
            json.WriteStartArray("values"u8);
            foreach (string value in Values) json.WriteStringValue(value);
            json.WriteEndArray();
        }

        if (Min is { } min) json.WriteNumber("min"u8, min);
        if (Max is { } max) json.WriteNumber("max"u8, max);
        json.WriteBoolean("nullable"u8, Nullable);
        json.WritePropertyName("default"u8);
        Write(json, ProxySettings.Default);
        json.WriteEndObject();
    }
}
