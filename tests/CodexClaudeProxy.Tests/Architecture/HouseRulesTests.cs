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
                Assert.True(call.Value.Contains("Context.", StringComparison.Ordinal), $"{file} serialises without a source-generated context: {call.Value}");
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
