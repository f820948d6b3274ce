using System.Text;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// The process's own streams as text. What is piped is UTF-8, whatever the code page or the locale says, because whoever reads it expects
/// that. A person's terminal keeps its own encoding; on Windows that would be a code page, so its console is spoken to in UTF-16.
/// </summary>
internal static class StandardStreams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static TextReader In()
    {
        if (Console.IsInputRedirected) return TextReader.Synchronized(new StreamReader(Console.OpenStandardInput(), Utf8));
        // Neither this nor the output's encoding changes the console for those who use it after us.
        if (OperatingSystem.IsWindows()) Console.InputEncoding = Encoding.Unicode;
        return Console.In;
    }

    public static TextWriter Out() => Console.IsOutputRedirected ? Piped(Console.OpenStandardOutput()) : Shown(static () => Console.Out);

    public static TextWriter Error() => Console.IsErrorRedirected ? Piped(Console.OpenStandardError()) : Shown(static () => Console.Error);

    private static TextWriter Piped(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, Utf8) { AutoFlush = true });

    private static TextWriter Shown(Func<TextWriter> writer)
    {
        if (OperatingSystem.IsWindows() && Console.OutputEncoding is not UnicodeEncoding) Console.OutputEncoding = Encoding.Unicode;
        return writer();
    }
}
