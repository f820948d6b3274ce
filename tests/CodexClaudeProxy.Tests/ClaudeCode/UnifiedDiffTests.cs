using CodexClaudeProxy.ClaudeCode;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Equal_texts_have_no_difference() => Assert.Equal("", Diff("a\nb\n", "a\nb\n"));

    [Fact]
    public void A_change_has_three_lines_around_it() =>
        Assert.Equal("--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n", Diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"));

    [Fact]
    public void Changes_far_apart_have_hunks_of_their_own() =>
        Assert.Equal(
            "--- f\n+++ f\n@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -7,3 +6,4 @@\n 7\n 8\n 9\n+10\n",
            Diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "2\n3\n4\n5\n6\n7\n8\n9\n10\n"));

    [Fact]
    public void A_new_file_and_a_missing_line_end_are_told_as_diff_does()
    {
        Assert.Equal("--- f\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n", Diff("", "a\nb\n"));
        Assert.Equal("--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", Diff("a", "a\n"));
    }

    [Fact]
    public void Only_a_line_feed_ends_a_line() =>
        Assert.Equal("--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\rb\r\n-c\n+d\n", Diff("a\rb\r\nc\n", "a\rb\r\nd\n"));

    [Fact]
    public void A_large_change_is_told_line_by_line()
    {
        string before = string.Concat(Enumerable.Range(0, 5_000).Select(n => $"{n}\n"));
        string after = string.Concat(Enumerable.Range(0, 5_000).Select(n => n % 10 == 0 ? $"new {n}\n" : $"{n}\n"));

        string[] lines = Diff(before, after).Split('\n');

        Assert.Equal(500, lines.Count(line => line.StartsWith('-') && line != "--- f"));
        Assert.Equal(500, lines.Count(line => line.StartsWith('+') && line != "+++ f"));
    }

    [Fact]
    public void Keys_are_hidden_wherever_they_are()
    {
        const string file = """
            {
              // "OLD_KEY": "abc123", Authorization: Bearer xyz.123
              "env": { "MY_TOKEN": "t0p", "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "64000", "ANTHROPIC_AUTH_TOKEN": "any", "URL": "https://user:pa55@host/", },
              "mcpServers": { "x": { "headers": { "X-Api-Key": "k3y" }, "args": ["--token", "sk-proj-abcdefgh", "ghp_0123456789"] } },
              "apiKeyHelper": "/bin/secret-script" /* sk-ant-abcdefghij */
            }
            """;

        string shown = Secrets.Hide(System.Text.Encoding.UTF8.GetBytes(file));

        foreach (string secret in new[] { "abc123", "xyz.123", "t0p", "pa55", "k3y", "sk-proj-abcdefgh", "ghp_0123456789", "sk-ant-abcdefghij", "secret-script" }) Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        Assert.Contains("\"CLAUDE_CODE_MAX_OUTPUT_TOKENS\": \"64000\", \"ANTHROPIC_AUTH_TOKEN\": \"any\"", shown, StringComparison.Ordinal);
        Assert.Equal(file.Split('\n').Length, shown.Split('\n').Length);
    }

    private static string Diff(string before, string after) => UnifiedDiff.Of("f", before, after, before, after);
}
