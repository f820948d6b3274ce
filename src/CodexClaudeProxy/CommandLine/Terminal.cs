using System.Text;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Service;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Where a command reads and writes, so that tests can stand in for the person.</summary>
/// <param name="Variable">Reads an environment variable.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, Func<string, string?> Variable)
{
    /// <summary>The lines of one paste come faster than anybody types.</summary>
    private static readonly TimeSpan BetweenPastedLines = TimeSpan.FromMilliseconds(150);

    private Task<string?>? _reading;

    public static Terminal System { get; } = new(StandardStreams.In(), StandardStreams.Out(), StandardStreams.Error(), Environment.GetEnvironmentVariable)
    {
        IsInteractive = (!Console.IsInputRedirected || Mintty.Has(Mintty.Input)) && (!Console.IsErrorRedirected || Mintty.Has(Mintty.Error)),
        ShowsProgress = !Console.IsErrorRedirected || Mintty.Has(Mintty.Error),
        HasColours = !Console.IsOutputRedirected && TakesColours(Environment.GetEnvironmentVariable),
        OpenBrowser = url => DesktopBrowser.Open(url, Environment.GetEnvironmentVariable),
        Reader = OutputReaders.Find(Environment.GetEnvironmentVariable),
        ReadSecret = Console.IsInputRedirected ? null : ReadHidden,
    };

    public TextWriter Out { get; init => field = PlainWriter.Over(value); } = PlainWriter.Over(Out);

    public TextWriter Error { get; init => field = PlainWriter.Over(value); } = PlainWriter.Over(Error);

    /// <summary>What encryption finds on this machine.</summary>
    public LinuxTls Tls { get => field ?? new LinuxTls(Variable); init; }

    /// <summary>Where services are installed.</summary>
    public ServiceMachine Machine { get; init; } = ServiceMachine.This;

    /// <summary>For whom what a running proxy prints is.</summary>
    public ConsoleReader Reader { get; init; }

    /// <summary>A person reads and can answer.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The error stream is a terminal, where a line can be written over.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>The output is a terminal, and its owner wants colours.</summary>
    public bool HasColours { get; init; }

    /// <summary>Reads a line without showing it; null where the terminal cannot.</summary>
    public Func<string?>? ReadSecret { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Shows an address to the person in a browser; the result tells why that is not possible, else it is null.</summary>
    public Func<string, string?> OpenBrowser { get; init; } = static _ => "no browser is known here";

    /// <summary>See no-color.org. Windows' old console window shows the signs instead, so there the terminal must name itself.</summary>
    public static bool TakesColours(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb" && (!OperatingSystem.IsWindows() || variable("WT_SESSION") is not null || variable("TERM") is not null);

    /// <param name="colour">31 for red, 32 for green, 33 for yellow.</param>
    public string Paint(string text, int colour) => HasColours ? $"\e[{colour}m{text}\e[0m" : text;

    /// <summary>
    /// The next line; null at the end of the input. The console cannot be told to stop reading: who does not wait for a line any
    /// longer leaves it to the next reader.
    /// </summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        string? line = await (_reading ??= Task.Run(In.ReadLine, CancellationToken.None)).WaitAsync(cancellation);
        _reading = null;
        return line;
    }

    /// <summary>
    /// The input is known to have ended, as that of a service has from the start. A line that comes meanwhile is for the next reader; where
    /// nothing comes, an answer still may.
    /// </summary>
    public async Task<bool> IsAtEndAsync(CancellationToken cancellation)
    {
        _reading ??= Task.Run(In.ReadLine, CancellationToken.None);
        return await Task.WhenAny(_reading, Task.Delay(BetweenPastedLines, cancellation)) == _reading && await _reading is null;
    }

    /// <summary>The next line, and as long as the text is cut short the lines that come at once, because a terminal wraps long ones. Null at the end of the input.</summary>
    public async Task<string?> ReadPasteAsync(Predicate<string> isCutShort, CancellationToken cancellation)
    {
        string? text = await ReadLineAsync(cancellation);
        while (text is not null && isCutShort(text))
        {
            _reading ??= Task.Run(In.ReadLine, CancellationToken.None);
            if (await Task.WhenAny(_reading, Task.Delay(BetweenPastedLines, cancellation)) != _reading || await ReadLineAsync(cancellation) is not { } next) break;
            text += "\n" + next;
        }

        return text;
    }

    /// <summary>Writes over the line that the error stream is in.</summary>
    public async Task WriteOverAsync(string text)
    {
        TextWriter raw = ((PlainWriter)Error).Inner;
        await raw.WriteAsync("\r" + PlainText.Blanked(text));
        await raw.FlushAsync(CancellationToken.None);
    }

    /// <summary>Says why the program ends; in a journal that is an error.</summary>
    public Task FailAsync(string sentence) => Error.WriteLineAsync(Reader == ConsoleReader.Journal ? LogLine.WithPriority(LogLevel.Error, sentence) : sentence);

    /// <summary>Asks at the terminal; null when nobody is there to answer, or the input ended.</summary>
    public async Task<string?> AskAsync(string question, CancellationToken cancellation)
    {
        if (!IsInteractive) return null;
        // On the error stream, so that the output stays what it would be without a question.
        await Error.WriteAsync(question + " ");
        await Error.FlushAsync(cancellation);
        return (await ReadLineAsync(cancellation))?.Trim();
    }

    /// <summary>Asks for what no one else should see on the screen; null when nobody is there to answer, or the input ended.</summary>
    public async Task<string?> AskSecretAsync(string question, CancellationToken cancellation)
    {
        if (!IsInteractive) return null;
        await Error.WriteAsync(question + (ReadSecret is null ? " (it will be visible): " : ": "));
        await Error.FlushAsync(cancellation);
        if (ReadSecret is null) return await ReadLineAsync(cancellation);
        string? secret = await Task.Run(ReadSecret, CancellationToken.None).WaitAsync(cancellation);
        await Error.WriteLineAsync();
        return secret;
    }

    public async Task<bool> ConfirmAsync(string question, CancellationToken cancellation) =>
        (await AskAsync(question + " [y/N]", cancellation))?.ToLowerInvariant() is "y" or "yes";

    private static string? ReadHidden()
    {
        StringBuilder line = new();
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return line.ToString();
                case ConsoleKey.Backspace:
                    if (line.Length > 0) line.Length--;
                    break;
                case ConsoleKey.D when key.Modifiers == ConsoleModifiers.Control && line.Length == 0:
                    return null;
                default:
                    if (!char.IsControl(key.KeyChar)) line.Append(key.KeyChar);
                    break;
            }
        }
    }
}
