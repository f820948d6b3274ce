using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>How the source is cut, by numbers: most of it in small pieces, and nothing too long to be read at once.</summary>
public sealed class ShapeTests(ITestOutputHelper output)
{
    private const int LongestFile = 300;
    private const int LongestMethod = 60;

    private static IEnumerable<SourceFile> Files => SourceTree.Program.Concat(SourceTree.Protocol);

    [Fact]
    public void Files_are_short()
    {
        int[] program = Print("files of the program", SourceTree.Program.Select(LinesOf));
        int[] protocol = Print("files of the protocol", SourceTree.Protocol.Select(LinesOf));
        int[] all = Print("files", [.. program, .. protocol]);

        Assert.InRange(At(all, 0.5), 1, 78);
        Assert.InRange(At(all, 0.9), 1, 180);
        Assert.Empty(Files.Where(static file => LinesOf(file) > LongestFile).Select(static file => $"{file}"));
    }

    [Fact]
    public void Methods_are_short()
    {
        SourceMethod[] methods = [.. Files.SelectMany(SourceMethod.In)];
        int[] program = Print("methods of the program", methods.Where(static method => method.File.Project == "CodexClaudeProxy").Select(static method => method.Lines));
        int[] protocol = Print("methods of the protocol", methods.Where(static method => method.File.Project != "CodexClaudeProxy").Select(static method => method.Lines));
        int[] all = Print("methods", [.. program, .. protocol]);

        Assert.InRange(At(all, 0.5), 1, 8);
        Assert.InRange(At(all, 0.9), 1, 21);
        Assert.Empty(methods.Where(static method => method.Lines > LongestMethod).Select(static method => $"{method}"));
    }

    /// <summary>The finder of methods is only as good as this.</summary>
    [Fact]
    public void A_method_is_found_with_its_length()
    {
        const string code = """
            namespace N;

            /// <summary>Text.</summary>
            internal sealed class C(int a)
            {
                private readonly List<int> _list = new(3);

                public int Property => One(1);

                [Fact]
                public static int One(int x) => x;

                private (int, string) Two<T>(
                    int first,
                    T second)
                    where T : class
                {
                    Call(first);
                    return (first, Local());

                    string Local()
                    {
                        return "";
                    }
                }

                private static partial Regex Declared();

                private sealed record Inner(int X)
                {
                    public int Three()
                    {
                        return X;
                    }
                }

                public object Four => new
                {
                    X = One(2),
                };
            }
            """;
        IEnumerable<(string, int)> found = SourceMethod.In(new SourceFile("P", "R", "C.cs", code)).Select(static method => (method.Name, method.Lines));

        Assert.Equal([("One", 1), ("Two", 13), ("Three", 4)], found);
    }

    /// <summary>The flat room of the request's conversion had grown to 59 files; its ideas are rooms of their own.</summary>
    [Fact]
    public void The_rooms_of_the_conversion_are_small()
    {
        foreach (IGrouping<string, SourceFile> room in SourceTree.Protocol.Where(static file => file.Room.StartsWith("MessagesToCodex", StringComparison.Ordinal)).GroupBy(static file => file.Room))
            Assert.InRange(room.Count(), 1, 15);
    }

    /// <summary>Tests and the demo take hold at the seams that are there anyway: the clock, the message handler, addresses in options.</summary>
    [Fact]
    public void An_interface_has_several_implementations()
    {
        string code = string.Join('\n', Files.Select(static file => file.Code));
        foreach (Match declared in Regex.Matches(code, @"\binterface (I[A-Z]\w+)"))
        {
            string name = declared.Groups[1].Value;
            int implementations = Regex.Count(code, $@"\b(?:class|record|struct|interface) \w+(?:<[^{{;]*?>)?(?:\([^{{;]*?\))?\s*:[^{{;]*\b{name}\b");
            Assert.True(implementations > 1, $"{name} has {implementations} implementation");
        }
    }

    private static int LinesOf(SourceFile file) => file.Text.TrimEnd().Split('\n').Length;

    private int[] Print(string what, IEnumerable<int> lengths)
    {
        int[] sorted = [.. lengths.Order()];
        output.WriteLine($"{sorted.Length} {what}: median {At(sorted, 0.5)}, p90 {At(sorted, 0.9)}, longest {sorted[^1]} lines");
        return sorted;
    }

    private static int At(int[] sorted, double part) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
}
