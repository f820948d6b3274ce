using System.CommandLine;
using System.Text.RegularExpressions;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Tests.Architecture;
using CodexClaudeProxy.Tests.CommandLine;

namespace CodexClaudeProxy.Tests.Documentation;

/// <summary>Links lead somewhere, commands can be typed as they stand, and recipes are what was tried.</summary>
public sealed partial class DocumentTests
{
    private const int LongestReadme = 200;

    /// <summary>A page of the place where the repository is kept.</summary>
    private const string Releases = "../../releases";

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_that_exist()
    {
        Dictionary<string, MarkdownFile> files = MarkdownFile.All.ToDictionary(file => file.Path);
        List<string> broken = [];
        foreach (MarkdownFile file in MarkdownFile.All)
        {
            foreach ((int at, _, string text) in file.Parts().Where(part => part.Language is null))
            {
                foreach (Match link in Links().Matches(text))
                {
                    string[] target = (link.Groups[1].Value + link.Groups[2].Value).Split('#', 2);
                    if (target[0].Contains("://", StringComparison.Ordinal) || target[0] == Releases) continue;
                    string path = target[0].Length == 0 ? file.Path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file.Path)!, target[0]));
                    if (!File.Exists(path) && !Directory.Exists(path)) broken.Add($"{file}:{at}: there is no {target[0]}");
                    else if (target.Length > 1 && files.TryGetValue(path, out MarkdownFile? other) && !other.Anchors().Contains(target[1])) broken.Add($"{file}:{at}: {other} has no #{target[1]}");
                }
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Theory]
    [InlineData("## macOS: Gatekeeper", "macos-gatekeeper")]
    [InlineData("# Compared with the Node.js original", "compared-with-the-nodejs-original")]
    [InlineData("### What `doctor` finds", "what-doctor-finds")]
    public void Anchors_are_those_of_GitHub(string heading, string anchor) => Assert.Contains(anchor, new MarkdownFile("x.md", [heading]).Anchors());

    [Fact]
    public void The_readme_is_short() => Assert.True(MarkdownFile.All.Single(file => $"{file}" == "README.md").Lines.Length < LongestReadme);

    [Fact]
    public void Every_command_can_be_typed_as_it_stands()
    {
        RootCommand root = Commands.Tree("", new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, _ => null));
        List<string> broken = [];
        foreach (MarkdownFile file in MarkdownFile.All)
        {
            foreach ((int at, _, string text) in file.Parts().Where(part => part.Language is "bash" or "powershell" && Command().IsMatch(part.Text)))
            {
                // What stands in square brackets may be there, and capitals stand for a value.
                string line = Optional().Replace(text[Command().Match(text).Index..], match => match.Groups[1].Value.Split('|')[0]).Replace(" N ", " 1 ", StringComparison.Ordinal);
                ParseResult parsed = root.Parse(Commands.Normalise(ShellWords.Of(line)));
                broken.AddRange(parsed.Errors.Select(error => $"{file}:{at}: {text.Trim()}: {error.Message}"));
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    /// <summary>The names of all members, and every text value that is no address, must stand in the file that tries the recipe.</summary>
    [Fact]
    public void Recipes_are_what_the_drivers_of_the_clients_write()
    {
        List<string> broken = [];
        int count = 0;
        foreach (MarkdownFile file in MarkdownFile.All)
        {
            for (int at = 0; at < file.Lines.Length; at++)
            {
                if (Recipe().Match(file.Lines[at]) is not { Success: true } recipe) continue;
                count++;
                string driver = File.ReadAllText(Path.Combine(SourceTree.Root(), recipe.Groups[1].Value));
                string[] block = [.. file.Lines.Skip(at + 2).TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal))];
                broken.AddRange(block.SelectMany(line => Member().Matches(line).Select(match => match.Groups[1].Value + match.Groups[2].Value))
                    .Where(name => name is not ("gpt-6.1-sol" or "anthropic") && !Regex.IsMatch(driver, $@"(?<![\w-]){Regex.Escape(name)}(?![\w-])"))
                    .Select(name => $"{file}: {name} is not in {recipe.Groups[1].Value}"));
            }
        }

        Assert.True(broken.Count == 0, string.Join('\n', broken));
        Assert.True(count >= 6);
    }

    [GeneratedRegex("""\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)""")]
    private static partial Regex Links();

    [GeneratedRegex(@"(?<![\w/.-])codex-claude-proxy(?![\w-])(?! \()")]
    private static partial Regex Command();

    [GeneratedRegex(@"\[([^\]]+)\]")]
    private static partial Regex Optional();

    [GeneratedRegex("^<!-- recipe: (.*) -->$")]
    private static partial Regex Recipe();

    [GeneratedRegex("""(?:^|[{,]\s*|^\s+)"([\w.-]+)":|^[\s-]*(\w+)(?: =|:)""")]
    private static partial Regex Member();
}
