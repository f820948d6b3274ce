using System.Text.RegularExpressions;
using CodexClaudeProxy.Tests.Dashboard;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>
/// One idea has one word in everything a user reads: the page, the command line, errors, log lines and the documentation. Watched are string
/// literals that read like text, and the documentation without what it quotes as code. Names of routes, members and settings are not texts.
/// </summary>
public sealed partial class GlossaryTests
{
    /// <summary>What is not written, and the term that is.</summary>
    private static readonly (string Pattern, string Term)[] Terms =
    [
        (@"\bleft\b", "remaining; of a client: disconnected; of what was not taken: omitted, skipped or kept"),
        (@"\brenew(s|ed|al|als|ing)?\b", "a quota resets, a token is refreshed"),
        (@"\bfree again\b|\bnew in …", "resets, available"),
        (@"\b(rests|rested|resting)\b|\b(short|need a) rest\b", "cooldown"),
        (@"\b(client|user|reader|caller)s? (goes|went|has gone|is gone|leaves)\b", "client disconnected"),
        (@"\bmove[sd]? on to\b", "failover"),
        (@"\b(usage|rate) windows?\b", "quota window"),
        (@"\bcatalogue\b", "model list"),
        (@"\bof that tier\b|\blanes\b|\bhaiku lane\b", "Claude model name, haiku"),
        (@"% (of \w+ \w+ )?(is|are) kept\b|\bkept back\b|\bkeeps … %|\bkeeps it back\b", "reserve"),
        (@"\bwhat helps\b|\bput right\b|\bmend\b", "problem, fix"),
        (@"\bspeaks? as\b", "emulate"),
        (@"\bof it (managed|reasoning)\b", "managed heap; reasoning (part of output)"),
        (@"\blessons?\b|\blearnt\b", "what was refused before"),
        (@"\bdrift\b", "unknown protocol elements"),
        (@"\b(nobody|somebody|anybody|whoever)\b", "the noun: no account, another program, anyone who"),
    ];

    /// <summary>Only in what the program shows; the documentation of its inside says "backend", as its code does.</summary>
    private static readonly (string Pattern, string Term)[] TermsOfTheProgram = [.. Terms, (@"\b(the|a|simulated) backend\b", "upstream")];

    /// <summary>The documents for people who use the program; "Codex backend" is a name.</summary>
    private static readonly (string Pattern, string Term)[] TermsOfDocuments = [.. Terms, (@"\b(the|a|simulated) backend\b", "upstream"), (@"\blog-?ins?\b(?! server)", "sign-in, sign in")];

    private static readonly HashSet<string> DocumentsOfTheInside = ["ARCHITECTURE.md", "PROTOCOL-NOTES.md"];

    private static readonly (string Text, string Reason)[] Allowed =
    [
        ("outcome must be one of: ok, failed, left", "lists the values of a parameter"),
        ("keys renew", "the name of a command"),
        ("codex-claude-proxy keys renew laptop", "the name of a command"),
        ("codex-claude-proxy keys renew laptop --file ~/laptop-key", "the name of a command"),
    ];

    /// <summary>Rooms whose texts are read by models, not by people.</summary>
    private static readonly HashSet<string> Prompts = ["AutoMode", "MessagesToCodex.Tools"];

    [Fact]
    public void The_program_says_one_word_for_one_idea()
    {
        var texts = SourceTree.Program.Concat(SourceTree.Protocol)
            .Where(file => !Prompts.Contains(file.Room))
            .SelectMany(file => StringLiterals.OfCSharp(file.Text).Select(literal => (Place: $"{file}:{literal.Line}", literal.Text)));
        AssertTerms(texts, TermsOfTheProgram);
    }

    [Fact]
    public void The_page_says_one_word_for_one_idea()
    {
        var texts = PageFiles.Own.Where(file => file.Name.EndsWith(".js", StringComparison.Ordinal))
            .SelectMany(file => StringLiterals.OfScript(file.Text).Select(literal => (Place: $"{file.Name}:{literal.Line}", literal.Text)));
        AssertTerms(texts, TermsOfTheProgram);
    }

    [Fact]
    public void The_documentation_says_one_word_for_one_idea()
    {
        string root = SourceTree.Root();
        var lines = Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md").Append(Path.Combine(root, "README.md"))
            .SelectMany(file => Prose(File.ReadAllLines(file)).Select(line => (Place: $"{Path.GetFileName(file)}:{line.At}", line.Text)));
        AssertTerms(lines, Terms);
        AssertTerms(lines.Where(line => !DocumentsOfTheInside.Contains(line.Place.Split(':')[0])), TermsOfDocuments);
    }

    [Fact]
    public void Literals_are_read_out_of_source()
    {
        const string code = """"
            // "no" 'text'
            string a = $"one {(b ? $"two {c}" : "three")} four", d = @"five ""six""", e = """seven "eight" """;
            char f = '"'; /* "no" */ string g = $$"""nine {{h}} {i}""", j = "ten\n\"";
            """";
        Assert.Equal(["two …", "three", "one … four", "five \"six\"", "seven \"eight\" ", "nine … {i}", "ten \""],
            StringLiterals.OfCSharp(code).Select(literal => literal.Text));
        Assert.Equal(["one", "two … three", "four"], StringLiterals.OfScript("f('one', /['\"]/); g = x => `two ${x / 2 / 1} three`; // 'no'\nh(\"four\")").Select(literal => literal.Text));
    }

    [Theory]
    [InlineData("5h 63 % left", true)]
    [InlineData("Left", true)]
    [InlineData("left", false)]
    [InlineData("new in …", true)]
    public void A_word_that_stands_alone_in_small_letters_is_a_name(string text, bool isRefused) =>
        Assert.Equal(isRefused, Broken([("here", text)], Terms).Count > 0);

    /// <summary>The lines without what they quote as code. Of a code block only its comments are prose.</summary>
    private static IEnumerable<(int At, string Text)> Prose(string[] lines)
    {
        bool isCode = false;
        for (int at = 0; at < lines.Length; at++)
        {
            string line = lines[at];
            if (line.StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            else if (!isCode) yield return (at + 1, Quoted().Replace(line, "…"));
            else if (line.IndexOf("# ", StringComparison.Ordinal) is >= 0 and int comment) yield return (at + 1, line[comment..]);
        }
    }

    private static void AssertTerms(IEnumerable<(string Place, string Text)> texts, (string Pattern, string Term)[] terms)
    {
        List<string> broken = Broken(texts, terms);
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    private static List<string> Broken(IEnumerable<(string Place, string Text)> texts, (string Pattern, string Term)[] terms)
    {
        var checks = terms.Select(term => (Pattern: new Regex(term.Pattern, RegexOptions.IgnoreCase), term.Term)).ToList();
        return
        [
            .. from text in texts
               where IsText().IsMatch(text.Text) && !Allowed.Any(entry => entry.Text == text.Text)
               from check in checks
               let match = check.Pattern.Match(text.Text)
               where match.Success
               select $"{text.Place}: \"{match.Value}\" in \"{text.Text.Trim()}\"; the term is: {check.Term}",
        ];
    }

    /// <summary>Several words, or one that begins like a sentence. A single word in small letters is a name in the protocol.</summary>
    [GeneratedRegex(@"\S\s+\S|^\s*[A-Z]")]
    private static partial Regex IsText();

    [GeneratedRegex(@"`[^`]*`|\]\([^)]*\)")]
    private static partial Regex Quoted();
}
