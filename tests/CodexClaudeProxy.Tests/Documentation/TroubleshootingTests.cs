using System.Text.RegularExpressions;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Documentation;

/// <summary>docs/TROUBLESHOOTING.md has every error text of the source, and no other.</summary>
public sealed partial class TroubleshootingTests
{
    /// <summary>Files that hold nothing but what clients are told.</summary>
    private static readonly HashSet<string> Catalogues = ["FailureReply.cs", "LocalErrors.cs", "TurnErrors.cs", "AnthropicErrors.cs", "KeyErrors.cs"];

    /// <summary>Rooms whose errors a person meets. What a conversion says of a single member of a request is not listed.</summary>
    private static readonly HashSet<string> Rooms = ["Hosting", "Turns", "Accounts", "Login", "Network", "CommandLine", "ClaudeCode", "Endpoints", "Files", "Doctor", "Service", "Updates", "Backups", "Keys"];

    /// <summary>Texts that the search below finds, and that are no errors, or only a part of one.</summary>
    private static readonly HashSet<string> Others =
    [
        "no account is signed in", "no account is usable", "no account signed in", "The answer is too long.", "Claude Code uses Anthropic",
        "From now on use the account in one place only: a token refresh in one place signs the other out.", "No proxy is running, so one", "… at … runs until … ends.",
        "Is it installed, and on the PATH?", "does not run", "only when it is told to", "A whole answer fails with an HTTP status.", "A whole answer fails before it is there.",
        // What an import remarks on an entry that it takes.
        "its access token is refused", "without a refresh token it works until …", "its access token has expired, so it works only if its refresh token was not used elsewhere",
        "it is disabled there, and here", "its proxy cannot be used here (…), so it is added disabled",
        // The reason in the text of a reset that did not work out.
        "the answer does not tell what was done",
    ];

    private static IEnumerable<string> Documented => FirstCells(File.ReadAllLines(Path.Combine(SourceTree.Root(), "docs", "TROUBLESHOOTING.md"))).SelectMany(cell => Quoted().Matches(cell).Select(match => match.Groups[1].Value));

    [Fact]
    public void Every_error_text_is_listed()
    {
        HashSet<string> documented = [.. Documented];
        string[] missing = [.. Texts().Where(text => IsSentence(text.Text) && !documented.Contains(text.Text) && !Others.Contains(text.Text)).Select(text => $"{text.File}: {text.Text}")];
        Assert.True(missing.Length == 0, "docs/TROUBLESHOOTING.md lacks what is said in\n" + string.Join('\n', missing));
    }

    [Fact]
    public void Every_text_that_is_listed_exists()
    {
        HashSet<string> texts = [.. Texts().Select(text => text.Text)];
        string[] stale = [.. Documented.Where(text => !texts.Contains(text))];
        Assert.True(stale.Length == 0, "Nothing says any more\n" + string.Join('\n', stale));
    }

    private static IEnumerable<(string File, string Text)> Texts() => SourceTree.Program.Where(file => Rooms.Contains(file.Room.Split('.')[0]))
        .Concat(SourceTree.Protocol.Where(file => file.Name is "FailureReply.cs" or "CodexFailure.cs"))
        .SelectMany(file => LiteralsOf(file).Select(literal => ($"{file}", literal.Trim())))
        .Distinct();

    private static IEnumerable<string> LiteralsOf(SourceFile file)
    {
        IEnumerable<string> statements = Catalogues.Contains(file.Name) ? [file.Code] : Heads().Matches(file.Code).Select(match => Statement(file.Code, match.Index));
        foreach ((_, _, string text) in statements.SelectMany(StringLiterals.OfCSharp)) yield return text;

        // What is said about a port in use is returned by a method of its own.
        IEnumerable<Match> others = OnlyFirst().Matches(file.Code).Concat(file.Name == "ServeCommand.cs" ? Regex.Matches(file.Code, "return \\$\"") : []);
        foreach (Match match in others) yield return StringLiterals.OfCSharp(Statement(file.Code, match.Index)).MinBy(literal => literal.Start).Text;
    }

    private static string Statement(string code, int start)
    {
        int end = code.IndexOf(";\n", start, StringComparison.Ordinal);
        return end < 0 ? code[start..] : code[start..end];
    }

    /// <summary>Names and parts of sentences are shorter.</summary>
    private static bool IsSentence(string text) => text.Contains(' ') && Word().Count(text) >= 3;

    private static IEnumerable<string> FirstCells(string[] lines) => lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split(" | ")[0]);

    /// <summary>What an error text follows, in a statement that may hold several.</summary>
    [GeneratedRegex("""_problems\.Add\(|yield return \$?"|\bFailed\(|Refused\(|Cancelled\(|\bCancel\("|Problem = |\bError = |Error\.WriteLine(Async)?\(|FailAsync\(|Misuse\(bool|NeedsRoot\(string|\? Obstacle =>|ObstacleForSystem\(string|\? Problem =>|TryProgram\(|(?<!Verdict\.)\bFail\(|Misused\(|Tell\(false,|Tell\(terminal, \w+, false|return \(null, |: \(null, |new\(CodexFailureKind\.|new CodexFailure\(|new (IOException|UpdateRefusedException|BackupException|UsageException)\(|\bUnusable\(|new ImportFile\(|InUse = |success: false, |string remedy =|LoginProgress Expired""")]
    private static partial Regex Heads();

    /// <summary>The same where the text is followed by its fix.</summary>
    [GeneratedRegex("""Verdict\.(Fail|Warn)\([$"]|new MissingPart\(["$]|new SetupWarning\(\s*["$]|\) : Exception\(\s*[$"]""")]
    private static partial Regex OnlyFirst();

    [GeneratedRegex(@"[\p{L}']{2,}")]
    private static partial Regex Word();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
