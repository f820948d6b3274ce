using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Prices;

namespace CodexClaudeProxy.Settings;

/// <summary>The owner's prices as they stand in <c>settings.json</c>: <c>{"model":{"input":2,"cachedInput":0.2,"output":10}}</c>.</summary>
internal static class PriceSetting
{
    private const int Most = 200;
    private const int LongestName = 200;
    private const double Highest = 100_000;
    private const string Rule = "must be a number from 0 to 100000";

    private static readonly string[] Members = ["input", "cachedInput", "output", "cacheWrite"];

    /// <returns>What is wrong with it, or null.</returns>
    public static string? TryRead(JsonElement map, out IReadOnlyList<KeyValuePair<string, ModelPrice>> prices)
    {
        List<KeyValuePair<string, ModelPrice>> read = [];
        prices = read;
        if (map.ValueKind != JsonValueKind.Object) return "must be an object of model name to price";

        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string name = entry.Name.Trim();
            if (name.Length is 0 or > LongestName || name.Any(char.IsControl)) return $"'{entry.Name}' is no model name of 1 to {LongestName} characters";
            if (read.Exists(known => known.Key.Equals(name, StringComparison.OrdinalIgnoreCase))) return $"'{name}' appears twice";
            if (read.Count == Most) return $"at most {Most} are allowed";
            if (TryReadPrice(entry.Value, out ModelPrice price) is { } problem) return $"'{name}': {problem}";
            read.Add(new(name, price));
        }

        return null;
    }

    public static JsonObject Tree(IEnumerable<KeyValuePair<string, ModelPrice>> prices) =>
        new(prices.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Tree(entry.Value))));

    private static JsonObject Tree(ModelPrice price)
    {
        JsonObject tree = new() { [Members[0]] = price.Input, [Members[1]] = price.CachedInput, [Members[2]] = price.Output };
        if (price.CacheWrite is { } write) tree[Members[3]] = write;
        return tree;
    }

    private static string? TryReadPrice(JsonElement json, out ModelPrice price)
    {
        price = new ModelPrice(0, 0, 0);
        const string Shape = "must be an object with input, cachedInput and output, and perhaps cacheWrite, in US dollars per million tokens";
        if (json.ValueKind != JsonValueKind.Object) return Shape;
        if (json.EnumerateObject().FirstOrDefault(member => !Members.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            return $"'{unknown.Name}' is unknown; it {Shape}";

        var numbers = new double?[Members.Length];
        for (int i = 0; i < Members.Length; i++)
        {
            if (!json.TryGetProperty(Members[i], out JsonElement value)) continue;
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || number is not (>= 0 and <= Highest)) return $"{Members[i]} {Rule}";
            numbers[i] = number;
        }

        if (numbers is not [{ } input, { } cached, { } output, var write]) return Shape;
        price = new ModelPrice(input, cached, output) { CacheWrite = write };
        return null;
    }
}
