using System.Text;
using CodexClaudeProxy.Turns.Requests;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>One pass finds what one search for each mark would find.</summary>
public sealed class RequestMarksTests
{
    private static readonly string[] Pieces =
    [
        "\"cx1.", "\"gAAAA", "\"cx1", "cx1.", "\"gAAA", "gAAAA", "x1", "\"g", "y:", "<c", "\\u003ccwd>", "\"", "\\\\", "\\n", "\\ud83d", "ä", "😀", "a", "bcd", "some text between",
        "Primary working directory: ", "orking directory: ", "working directory:/x", "<cwd>", "<cwd", "/home/me/project\\n", "/home/me/other</cwd>", "C:\\\\work\\\\thing\"", "/\"", "relative/path\"",
    ];

    [Fact]
    public void Everything_is_found_that_separate_searches_find()
    {
        var random = new Random(13);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            byte[] body = Encoding.UTF8.GetBytes(text);
            bool reasoning = body.AsSpan().IndexOf("\"cx1."u8) >= 0 || body.AsSpan().IndexOf("\"gAAAA"u8) >= 0;
            string? project = Behind(body, "orking directory: "u8) ?? Behind(body, "<cwd>"u8);

            Assert.True(RequestMarks.Of(body) == new RequestMarks(reasoning, project), text);
        }
    }

    [Theory]
    [InlineData("\"cx1.")]
    [InlineData("\"gAAAA")]
    public void Reasoning_is_found_wherever_it_stands(string mark)
    {
        for (int before = 0; before < 70; before++)
        {
            for (int behind = 0; behind < 40; behind++)
            {
                string body = new string('x', before) + mark + new string('1', behind);
                Assert.True(RequestMarks.Of(Encoding.UTF8.GetBytes(body)).CarriesReasoning, body);
                Assert.False(RequestMarks.Of(Encoding.UTF8.GetBytes(body.Remove(before + 1, 1))).CarriesReasoning, body);
            }
        }
    }

    [Fact]
    public void After_many_words_without_a_path_no_more_are_looked_at()
    {
        string without = string.Concat(Enumerable.Repeat("the working directory: none. ", 16));

        Assert.Equal("b", RequestMarks.Of(Encoding.UTF8.GetBytes(without[..^29] + "working directory: /a/b\"")).Project);
        Assert.Null(RequestMarks.Of(Encoding.UTF8.GetBytes(without + "working directory: /a/b\"")).Project);
        Assert.Equal("c", RequestMarks.Of(Encoding.UTF8.GetBytes(without + "working directory: /a/b\" <cwd>/c</cwd>")).Project);
    }

    private static string? Behind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> words)
    {
        var name = new ProjectName();
        for (int at; (at = json.IndexOf(words)) >= 0;)
        {
            json = json[(at + words.Length)..];
            name.TryRead(json);
        }

        return name.Found;
    }
}
