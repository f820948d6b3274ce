using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Scripts.Api;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Api;

/// <summary>
/// Executes the examples of <c>docs/API.md</c>, each part on a program of its own: the answers must be those of the file, and what the
/// reference says of them. Recorded anew with CCP_WRITE_GOLDEN=1, which is right only where a change is meant to be seen; the file is then
/// written with: dotnet run --project scripts/api -- docs
/// </summary>
public sealed partial class ExampleTests
{
    private static readonly bool Records = Environment.GetEnvironmentVariable("CCP_WRITE_GOLDEN") == "1";
    private static readonly string Docs = Path.Combine(SourceTree.Root(), "docs");

    public static TheoryData<string> Topics => [.. Reference.Topics.Select(topic => topic.Name)];

    [Theory]
    [MemberData(nameof(Topics))]
    public async Task The_examples_of(string topic)
    {
        string[] commands = [.. Command().Matches(Part(topic)).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(commands);
        await using ExampleScene scene = await ExampleScene.StartAsync();
        JsonObject recorded = Answers.Read();
        foreach (string command in commands)
        {
            (int status, string mediaType, string body) = await scene.RunAsync(command);
            AssertAsDescribed(topic, command, status, mediaType, body);
            JsonObject answer = new Answer(status, Printed.Of(mediaType, body, scene.Masks)).ToJson();
            if (Records) recorded[command] = answer;
            else Assert.True(JsonNode.DeepEquals(recorded[command], answer), $"{command}\nanswered\n{answer}\ninstead of\n{recorded[command]}");
        }

        if (Records) Answers.Write(recorded);
    }

    [Fact]
    public void No_answer_is_recorded_for_nothing() =>
        Assert.Equal(Reference.Topics.SelectMany(topic => topic.Operations).SelectMany(operation => operation.Examples).Order(), Answers.Read().Select(answer => answer.Key).Order());

    private static string Part(string topic) => Regex.Match(File.ReadAllText(Path.Combine(Docs, "API.md")).ReplaceLineEndings("\n"), $"\n## {Regex.Escape(topic)}\n(.*?)\n## ", RegexOptions.Singleline).Groups[1].Value;

    /// <summary>The status and the members are those that the reference promises.</summary>
    private static void AssertAsDescribed(string topic, string command, int status, string mediaType, string body)
    {
        JsonObject document = JsonNode.Parse(File.ReadAllText(Path.Combine(Docs, "openapi.json")))!.AsObject();
        Operation operation = Reference.Topics.Single(one => one.Name == topic).Operations.Single(one => one.Examples.Contains(command));
        JsonNode? responses = document["paths"]![operation.Shown]![operation.Method.ToLowerInvariant()]!["responses"]![$"{status}"];
        Assert.True(responses is not null, $"{command} answered {status}, which is not described:\n{body}");
        if (mediaType == "application/json" && responses["content"]?[mediaType]?["schema"] is JsonObject schema)
            Assert.True(new SchemaCheck(document).Faults(JsonNode.Parse(body), schema) is [], $"{command}\n{string.Join('\n', new SchemaCheck(document).Faults(JsonNode.Parse(body), schema))}");
    }

    [GeneratedRegex("```sh\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Command();
}
