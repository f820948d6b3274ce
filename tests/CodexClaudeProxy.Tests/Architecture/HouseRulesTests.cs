using System.Text.Json;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

public sealed class HouseRulesTests
{
    private static IEnumerable<SourceFile> All => SourceTree.Program.Concat(SourceTree.Protocol);

    [Fact]
    public void Json_is_never_read_or_written_through_reflection()
    {
        Assert.False(JsonSerializer.IsReflectionEnabledByDefault);
        foreach (SourceFile file in All)
        {
            foreach (Match call in Regex.Matches(file.Code, @"JsonSerializer\.\w+(<[^(]*>)?\([^;]*"))
                Assert.True(call.Value.Contains("Context.", StringComparison.Ordinal) || call.Value.Contains(", contract", StringComparison.Ordinal), $"{file} serialises without a source-generated context: {call.Value}");
        }
    }

    /// <summary>Otherwise the generator makes a second way of writing for each contract, which only takes room in the binary.</summary>
    [Fact]
    public void Contracts_are_generated_as_metadata_only()
    {
        foreach (SourceFile file in All)
        {
            foreach (Match options in Regex.Matches(file.Code, @"\[JsonSourceGenerationOptions\([^]]*"))
                Assert.True(options.Value.Contains("GenerationMode = JsonSourceGenerationMode.Metadata", StringComparison.Ordinal), $"{file} generates more than metadata");
        }
    }

    [Fact]
    public void Every_json_reader_names_the_one_depth_limit()
    {
        // The account file and what is kept inside it have limits that depend on each other.
        foreach (SourceFile file in All.Where(static file => file.Name is not ("ForeignJson.cs" or "JsonDepth.cs")))
        {
            Assert.False(Regex.IsMatch(file.Code, @"MaxDepth\s*=\s*\d"), $"{file} has a depth limit of its own");
            foreach (Match call in Regex.Matches(file.Code, @"(new Utf8JsonReader|Utf8JsonReader \w+ = new|JsonDocument\.Parse(Async|Value)?|JsonNode\.Parse)\([^;]*;"))
            {
                if (call.Value.StartsWith("JsonDocument.ParseValue", StringComparison.Ordinal)) continue;
                bool isNamed = call.Value.Contains("JsonDepth.", StringComparison.Ordinal) || file.Code.Contains("JsonDepth.", StringComparison.Ordinal) && Regex.IsMatch(call.Value, @", (lenient|Options|OptionsFor\(\w+\.\w+\))\)");
                Assert.True(isNamed, $"{file} reads JSON without the depth limit: {call.Value}");
            }
        }
    }

    [Fact]
    public void Everything_logged_has_a_source_generated_method()
    {
        foreach (SourceFile file in All)
            Assert.False(Regex.IsMatch(file.Code, @"\.Log(Trace|Debug|Information|Warning|Error|Critical)\("), $"{file} logs without [LoggerMessage]");
    }

    [Fact]
    public void Log_events_have_ids_of_their_own()
    {
        var twice = All
            .SelectMany(file => Regex.Matches(file.Code, @"\[LoggerMessage\((?:EventId\s*=\s*)?(\d+)").Select(match => (Id: match.Groups[1].Value, file)))
            .GroupBy(entry => entry.Id)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} in {string.Join(" and ", group.Select(entry => entry.file))}");

        Assert.Empty(twice);
    }

    [Fact]
    public void Names_say_what_things_are()
    {
        foreach (SourceFile file in All)
            Assert.False(Regex.IsMatch(file.Name, @"(Manager|Helper|Helpers|Util|Utils|Utility|Processor|Service)\.cs$"), $"{file} has a name without content");
    }

    [Fact]
    public void Classes_are_sealed_or_static()
    {
        foreach (SourceFile file in All)
        {
            foreach (Match declaration in Regex.Matches(file.Code, @"^[ \t]*((?:public|internal|private|protected|static|sealed|abstract|partial|file)\s+)+(?:class|record)\s+(?!struct)(\w+)", RegexOptions.Multiline))
                Assert.True(Regex.IsMatch(declaration.Value, @"\b(sealed|static)\b"), $"{file}: {declaration.Groups[2].Value} is neither sealed nor static");
        }
    }
}
