using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>What <c>docs/ARCHITECTURE.md</c> and <c>CONTRIBUTING.md</c> name must be there.</summary>
public sealed class ArchitectureDocumentTests
{
    private static readonly string[] Roots = ["", "src", "tests", "src/CodexClaudeProxy", "src/CodexClaudeProxy.Protocol", "tests/CodexClaudeProxy.Tests", "tests/CodexClaudeProxy.Protocol.Tests"];

    private static readonly string Document = File.ReadAllText(Path.Combine(SourceTree.Root(), "docs", "ARCHITECTURE.md"));

    [Fact]
    public void The_map_answers_at_least_twenty_questions_with_files_that_are_there()
    {
        string[][] rows = [.. Rows("Where do I look when …")];

        Assert.True(rows.Length >= 20, $"{rows.Length} questions");
        foreach (string[] row in rows)
        {
            string[] files = [.. Names(row[1])];
            Assert.NotEmpty(files);
            Assert.All(files, file => Assert.True(IsThere(file), $"{row[0]}: {file} is not there"));
        }
    }

    [Fact]
    public void What_is_made_by_hand_is_there()
    {
        string[] places = [.. Rows("By hand, and why").SelectMany(row => Names(row[1]))];

        Assert.NotEmpty(places);
        Assert.All(places, place => Assert.True(IsThere(place), $"{place} is not there"));
    }

    [Fact]
    public void Each_room_of_the_program_and_of_the_protocol_is_in_the_tables()
    {
        HashSet<string> told = [.. Rows("The rooms").SelectMany(row => Names(row[0]))];

        Assert.All(SourceTree.Program.Concat(SourceTree.Protocol).Where(file => Directory.Exists(Path.Combine(SourceTree.Root(), "src", file.Project, file.Room.Replace('.', '/')))),
            file => Assert.Contains(file.Room.Replace('.', '/'), told));
    }

    [Theory]
    [InlineData("docs/ARCHITECTURE.md")]
    [InlineData("CONTRIBUTING.md")]
    public void A_path_that_is_named_is_there(string document)
    {
        string text = File.ReadAllText(Path.Combine(SourceTree.Root(), document));

        // Paths of the data directory and of routes begin with a small letter or a slash.
        foreach (string name in Names(text).Where(name => Regex.IsMatch(name, @"^(src|tests|docs|scripts|[A-Z]\w+)/[\w./-]+$")))
            Assert.True(IsThere(name), $"{document} names {name}, which is not there");
    }

    private static IEnumerable<string[]> Rows(string heading)
    {
        string section = Regex.Match(Document, $@"^## {Regex.Escape(heading)}\n(.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        return section.Split('\n')
            .Where(line => line.StartsWith('|') && !line.StartsWith("|---", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split(" | ", StringSplitOptions.TrimEntries))
            .Where(row => row[0] is not ("Question" or "What" or "Room"));
    }

    private static IEnumerable<string> Names(string text) => Regex.Matches(text, "`([^`\n]+)`").Select(match => match.Groups[1].Value);

    private static bool IsThere(string name) => Roots.Any(root =>
    {
        string path = Path.Combine(SourceTree.Root(), root, name);
        return File.Exists(path + ".cs") || File.Exists(path) || Directory.Exists(path);
    });
}
