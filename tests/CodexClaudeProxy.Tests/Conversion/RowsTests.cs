using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Conversion;

/// <summary>
/// <c>rows.tsv</c> names for each rule of the conversion and each edge case the tests that hold it: by class and method, or by
/// the id of a case in one of the tables of cases. What is listed must be there.
/// </summary>
public sealed partial class RowsTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    private static readonly string[][] Rows = [.. File.ReadLines(Path.Combine(Root, "tests", "CodexClaudeProxy.Tests", "Conversion", "rows.tsv")).Select(static line => line.Split('\t'))];

    private static readonly HashSet<string> Tests = [.. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories).SelectMany(static file =>
        TestMethods().Matches(File.ReadAllText(file)).Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}"))];

    [Fact]
    public void Every_row_has_tests_that_exist()
    {
        HashSet<string> cases = [.. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*-cases.json", SearchOption.AllDirectories)
            .SelectMany(static file => CaseIds().Matches(File.ReadAllText(file)).Select(static id => id.Groups[1].Value))];
        // Cases that are tests of their own stand in the list themselves.
        cases.UnionWith(Rows.Where(static row => row[1] == "case").Select(static row => row[0]));

        foreach (string[] row in Rows)
        {
            Assert.True(row.Length == 3 && row[2].Length > 0, $"{row[0]} has no test");
            foreach (string test in row[2].Split(' ')) Assert.True(test.Contains('.') ? Tests.Contains(test) : cases.Contains(test), $"{row[0]} names {test}, which is not there");
        }

        // The request, stream, chat and pass-through cases of the tables, and those listed by themselves.
        Assert.Equal(183, cases.Count);
    }

    [Fact]
    public void Every_test_of_the_clients_list_exists()
    {
        string[] named = [.. ClientTests().Matches(File.ReadAllText(Path.Combine(Root, "docs", "CLIENTS.md"))).Select(static test => test.Groups[1].Value)];
        Assert.True(named.Length > 50);
        Assert.All(named, static test => Assert.True(Tests.Contains(test), $"{test} is not there"));
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"public (?:static )?(?:async Task|Task|void) (\w+)\(")]
    private static partial Regex TestMethods();

    [GeneratedRegex(@"\{\s*""id"": ?""([A-Z]\d+)""")]
    private static partial Regex CaseIds();

    [GeneratedRegex(@"`(\w+\.[A-Z]\w+_\w+|OpenAiSdk\.Models)`")]
    private static partial Regex ClientTests();
}
