using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>
/// What the program answered to each example: JSON, or the text of an answer of another kind. The test that executes the examples records it
/// in <c>answers.json</c>, and compares from then on.
/// </summary>
internal static class Answers
{
    /// <summary>By command.</summary>
    public static JsonObject Read() => File.Exists(PathOf()) ? JsonNode.Parse(File.ReadAllText(PathOf()))!.AsObject() : [];

    public static void Write(JsonObject answers) => File.WriteAllText(PathOf(), Json.Indented(answers));

    private static string PathOf([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "answers.json");
}

/// <summary>One answer of <see cref="Answers"/>.</summary>
internal sealed record Answer(int Status, JsonNode? Body)
{
    public static Answer? Find(JsonObject answers, string command) =>
        answers[command] is JsonObject found ? new Answer((int)found["status"]!, found["body"]?.DeepClone()) : null;

    public JsonObject ToJson() => new() { ["status"] = Status, ["body"] = Body?.DeepClone() };
}
