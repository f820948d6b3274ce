using System.Text;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// The process's own streams as text. What is piped is UTF-8, whatever the code page or the locale says, because whoever reads it expects
/// that. A person's terminal keeps its own encoding; on Windows that would be a code page, so its console is spoken to in UTF-16.
/// A stream that the process was started without, as a shell does with <c>&lt;&amp;-</c>, is empty.
/// </summary>
internal static class StandardStreams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static TextReader In() => OrNull(OpenIn, TextReader.Null);

    public static TextWriter Out() => OrNull(static () => Console.IsOutputRedirected ? Piped(Console.OpenStandardOutput()) : Shown(static () => Console.Out), TextWriter.Null);

    public static TextWriter Error() => OrNull(static () => Console.IsErrorRedirected ? Piped(Console.OpenStandardError()) : Shown(static () => Console.Error), TextWriter.Null);

    private static T OrNull<T>(Func<T> open, T none)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return none;
        }
    }

    private static TextReader OpenIn()
    {
        if (Console.IsInputRedirected) return TextReader.Synchronized(new StreamReader(Console.OpenStandardInput(), Utf8));
        // Neither this nor the output's encoding changes the console for those who use it after us.
        if (OperatingSystem.IsWindows()) Console.InputEncoding = Encoding.Unicode;
        return Console.In;
    }

    private static TextWriter Piped(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, Utf8) { AutoFlush = true });

    private static TextWriter Shown(Func<TextWriter> writer)
    {
        if (OperatingSystem.IsWindows() && Console.OutputEncoding is not UnicodeEncoding) Console.OutputEncoding = Encoding.Unicode;
        return writer();
    }
}
