using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Upstream;

/// <summary>The file <c>lessons.json</c>.</summary>
/// <param name="Version">Of the file's shape: always 1.</param>
/// <param name="Models">What was learnt about models, by their name.</param>
/// <param name="Schemas">When each schema was refused, by its hash.</param>
/// <param name="UnreadableReasoning">Hashes of encrypted reasoning that an account can no longer read, by the account's key.</param>
internal sealed record SavedLessons(
    int Version, IReadOnlyDictionary<string, SavedModel> Models, IReadOnlyDictionary<string, DateTimeOffset> Schemas,
    IReadOnlyDictionary<string, IReadOnlyList<string>> UnreadableReasoning)
{
    /// <summary>Not through the contract, which would take all of the file or nothing: a member that is not as it should be costs only what it held.</summary>
    public static SavedLessons Read(JsonElement saved) => new(
        1,
        Members(saved.Member("models"), SavedModel.Read),
        Members(saved.Member("schemas"), TimeOf),
        Members(saved.Member("unreadableReasoning"), TextsOf));

    /// <summary>The texts of an array; none when it is something else.</summary>
    public static IReadOnlyList<string> TextsOf(JsonElement array) => array.ValueKind == JsonValueKind.Array
        ? [.. array.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!)]
        : [];

    /// <summary>The beginning of all time for what is none.</summary>
    public static DateTimeOffset TimeOf(JsonElement value) => value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset time) ? time : default;

    private static Dictionary<string, T> Members<T>(JsonElement value, Func<JsonElement, T> read)
    {
        Dictionary<string, T> members = [];
        if (value.ValueKind != JsonValueKind.Object) return members;
        foreach (JsonProperty member in value.EnumerateObject()) members[member.Name] = read(member.Value);
        return members;
    }
}

/// <summary>What was learnt about one model.</summary>
/// <param name="Refused">Members of the request that it refuses.</param>
/// <param name="Efforts">Efforts that it refuses.</param>
/// <param name="Lite">Which request shape it wants; absent when its catalogue entry was never contradicted.</param>
/// <param name="Phases">Its messages have phases.</param>
/// <param name="Learnt">When something was learnt last.</param>
internal sealed record SavedModel(
    IReadOnlyList<string> Refused, IReadOnlyList<string> Efforts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Lite, bool Phases, DateTimeOffset Learnt)
{
    public static SavedModel Read(JsonElement saved) => new(
        SavedLessons.TextsOf(saved.Member("refused")), SavedLessons.TextsOf(saved.Member("efforts")),
        saved.Flag("lite"), saved.Flag("phases") == true, SavedLessons.TimeOf(saved.Member("learnt")));
}
