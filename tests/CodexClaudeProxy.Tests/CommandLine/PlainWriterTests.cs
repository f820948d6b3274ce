using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Tests.Accounts;

namespace CodexClaudeProxy.Tests.CommandLine;

public sealed class PlainWriterTests
{
    [Theory]
    [InlineData("a\u001b[2Jb", "a [2Jb")]
    [InlineData("a\rb\u0007c\u009bd", "a b c d")]
    [InlineData("a\u202eb\u2066c\u2028d", "a b c d")]
    [InlineData("a\nb\tc\r\nd", "a\nb\tc\r\nd")]
    [InlineData("zoë 日本 🙂", "zoë 日本 🙂")]
    [InlineData("\u001b[31mred\u001b[0m", "\u001b[31mred\u001b[0m")]
    [InlineData("\u001b[8mhidden", " [8mhidden")]
    public async Task What_would_steer_a_terminal_becomes_blank(string text, string shown)
    {
        Action<TextWriter>[] ways = [writer => writer.Write(text), writer => writer.Write(text.ToCharArray()), writer => writer.Write(text.AsSpan()), writer => writer.Write("{0}", text)];
        Func<TextWriter, Task>[] later = [writer => writer.WriteAsync(text), writer => writer.WriteAsync(text.AsMemory()), writer => writer.WriteAsync(text.ToCharArray(), 0, text.Length)];
        foreach (Func<TextWriter, Task> way in later.Concat(ways.Select(static way => (Func<TextWriter, Task>)(writer => { way(writer); return Task.CompletedTask; }))))
        {
            await using StringWriter raw = new();
            await way(new Terminal(TextReader.Null, raw, raw, static _ => null).Out);
            Assert.Equal(shown, raw.ToString());
        }

        await using StringWriter lines = new() { NewLine = "\n" };
        Terminal terminal = new(TextReader.Null, TextWriter.Null, lines, static _ => null);
        terminal.Error.WriteLine(text);
        await terminal.Error.WriteLineAsync(text);
        Assert.Equal($"{shown}\n{shown}\n", lines.ToString());
    }

    [Fact]
    public async Task A_table_keeps_its_rows_whatever_an_account_is_called()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        string file = File.ReadAllText(fixture.Data.Accounts).Replace("a@x.com", "a\\r\\nb\\u001b[2J\\u202e@x.com", StringComparison.Ordinal);
        File.WriteAllText(fixture.Data.Accounts, file);
        await using StringWriter output = new() { NewLine = "\n" };

        await Commands.RunAsync(["accounts", "--data-dir", fixture.Data.Root], new Terminal(TextReader.Null, output, output, static _ => null), TestContext.Current.CancellationToken);

        Assert.Contains("a  b [2J @x.com", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(output.ToString(), sign => sign is '\e' or '\r' or '\u202E');
    }
}
