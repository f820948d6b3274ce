using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Api;

/// <summary>An answer as the reference prints it: shortened, with words for what differs from run to run.</summary>
internal static partial class Printed
{
    private const int MostItems = 2;
    private const int MostCharacters = 240;
    private const int MostLines = 8;

    /// <summary>Members that differ from machine to machine, and a value for each.</summary>
    private static readonly Dictionary<string, JsonNode?> Samples = new()
    {
        ["pid"] = 4242, ["os"] = "Linux", ["rid"] = "linux-x64", ["commit"] = "a1b2c3d4", ["target"] = "linux-x64", ["runtime"] = ".NET 10.0.0", ["residentBytes"] = 62_000_000, ["managedBytes"] = 9_000_000,
        ["port"] = 8081, ["callback_port"] = 1455, ["bytes"] = 4096, ["entries"] = 12, ["conversation"] = "c25bf945-aaff-8fe1-a826-d3c1ef117044",
        ["ms"] = 1, ["totalMs"] = 1240, ["firstTokenMs"] = 830, ["firstEventMs"] = 620, ["connectMs"] = 410, ["durationMs"] = 1230, ["startMs"] = 5, ["atMs"] = 5,
    };

    /// <summary>What is made anew each time, and a sample of each.</summary>
    private static readonly (Regex, string)[] Made =
    [
        (RequestId(), "req_0123456789abcdefghijABCD"), (MessageId(), "${kind}0123456789abcdef0123456789abcdef"), (Milliseconds(), "(12 ms)"), (LogId(), "${name}1795608000001"),
        (Challenge(), "code_challenge=CHALLENGE"), (State(), "${name}STATE"), (CallbackPort(), "localhost%3A1455"), (UserCode(), "ABCD-12345"), (Copy(), "settings-0123456789ab-20261125T120000000Z-0123.json"),
    ];

    public static JsonNode? Of(string mediaType, string body, IEnumerable<(string Text, string Words)> masks)
    {
        foreach ((string text, string words) in masks.Where(mask => mask.Text.Length > 0)) body = body.Replace(text, words, StringComparison.Ordinal);
        foreach ((Regex made, string sample) in Made) body = made.Replace(body, sample);
        if (body.Length == 0) return null;
        if (mediaType == "application/json") return Shortened(JsonNode.Parse(body));
        string[] lines = body.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        return string.Join('\n', lines.Take(MostLines)) + (lines.Length > MostLines ? "\n…" : "");
    }

    private static JsonNode? Shortened(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member =>
            KeyValuePair.Create(member.Key, member.Value is JsonValue && Samples.TryGetValue(member.Key, out JsonNode? sample) ? sample?.DeepClone() : Shortened(member.Value)))),
        JsonArray items => new JsonArray([.. items.Take(MostItems).Select(Shortened)]),
        JsonValue value when value.TryGetValue(out string? text) && text.Length > MostCharacters => text[..MostCharacters] + "…",
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("req_[0-9A-Za-z]{24}")]
    private static partial Regex RequestId();

    [GeneratedRegex("(?<kind>msg_|resp_|chatcmpl-|rs_)[0-9A-Za-z_]{16,}")]
    private static partial Regex MessageId();

    [GeneratedRegex(@"\([0-9]+ ms\)")]
    private static partial Regex Milliseconds();

    [GeneratedRegex("(?<name>\"id\":|id: )[0-9]{13}")]
    private static partial Regex LogId();

    [GeneratedRegex("code_challenge=[^&\"]+")]
    private static partial Regex Challenge();

    [GeneratedRegex("(?<name>\"state\":\"|state=)[0-9A-Za-z_-]{40,}")]
    private static partial Regex State();

    [GeneratedRegex("localhost%3A0")]
    private static partial Regex CallbackPort();

    [GeneratedRegex("[A-Z]{4}-[0-9]{5}")]
    private static partial Regex UserCode();

    [GeneratedRegex(@"settings-[0-9a-f]{12}-[0-9T]+Z-[0-9a-f]{4}\.json")]
    private static partial Regex Copy();
}
