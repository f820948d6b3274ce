using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CodexClaudeProxy.CommandLine;

/// <summary>
/// The process's own streams as text. What is piped is UTF-8, whatever the code page or the locale says, because whoever reads it expects
/// that. A person's terminal keeps its own encoding; on Windows that would be a code page, so its console is spoken to in UTF-16.
/// A stream that the process was started without, as a shell does with <c>&lt;&amp;-</c>, is filled in with an empty one.
/// </summary>
internal static class StandardStreams
{
    private const string Nothing = "/dev/null";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly List<SafeFileHandle> FilledIn = [];

    /// <summary>Before anything is opened, or that would take the number of the missing stream, and be read or written in its place.</summary>
    public static void FillIn()
    {
        if (OperatingSystem.IsWindows() || !File.Exists(Nothing)) return;
        while (true)
        {
            // The system always gives the lowest number that is free.
            SafeFileHandle handle = File.OpenHandle(Nothing, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (handle.DangerousGetHandle() > 2)
            {
                handle.Dispose();
                return;
            }

            FilledIn.Add(handle);
        }
    }

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
