using System.Text;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// What a command writes. Names, addresses and paths in it come from files and from upstream, so whatever would steer a terminal becomes a
/// blank; line breaks, tabs and the colours of <see cref="Terminal.Paint"/> stay.
/// </summary>
internal sealed class PlainWriter : TextWriter
{
    private const char Escape = '\e';

    /// <summary>Behind the escape: the end of a colour, and red, green and yellow.</summary>
    private static readonly string[] Colours = ["[0m", "[31m", "[32m", "[33m"];

    private PlainWriter(TextWriter inner) => Inner = inner;

    /// <summary>For what must steer the terminal.</summary>
    public TextWriter Inner { get; }

    public override Encoding Encoding => Inner.Encoding;

    [System.Diagnostics.CodeAnalysis.AllowNull]
    public override string NewLine { get => Inner.NewLine; set => Inner.NewLine = value; }

    public static PlainWriter Over(TextWriter inner) => inner as PlainWriter ?? new PlainWriter(inner);

    public override void Write(char value) => Inner.Write(value is '\n' or '\t' || PlainText.Is(value) ? value : ' ');

    public override void Write(string? value) => Inner.Write(Clean(value));

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (PlainText.Is(buffer)) Inner.Write(buffer);
        else Inner.Write(Clean(buffer.ToString()));
    }

    public override void WriteLine() => Inner.WriteLine();

    public override void WriteLine(string? value) => Inner.WriteLine(Clean(value));

    public override Task WriteAsync(char value) => Inner.WriteAsync(value is '\n' or '\t' || PlainText.Is(value) ? value : ' ');

    public override Task WriteAsync(string? value) => Inner.WriteAsync(Clean(value));

    public override Task WriteAsync(char[] buffer, int index, int count) => Inner.WriteAsync(Clean(new string(buffer, index, count)));

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => Inner.WriteAsync(Clean(buffer.ToString()).AsMemory(), cancellationToken);

    public override Task WriteLineAsync() => Inner.WriteLineAsync();

    public override Task WriteLineAsync(string? value) => Inner.WriteLineAsync(Clean(value));

    public override void Flush() => Inner.Flush();

    public override Task FlushAsync() => Inner.FlushAsync();

    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private static string? Clean(string? text)
    {
        if (text is null || PlainText.Is(text)) return text;
        StringBuilder clean = new(text.Length);
        for (int i = 0; i < text.Length; i++) clean.Append(IsKept(text, i) ? text[i] : ' ');
        return clean.ToString();
    }

    private static bool IsKept(string text, int at) => text[at] switch
    {
        '\n' or '\t' => true,
        '\r' => at + 1 < text.Length && text[at + 1] == '\n',
        Escape => Array.Exists(Colours, colour => string.CompareOrdinal(text, at + 1, colour, 0, colour.Length) == 0),
        var sign => PlainText.Is(sign),
    };
}
