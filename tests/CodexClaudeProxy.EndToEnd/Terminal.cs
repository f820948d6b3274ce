using System.Diagnostics;
using System.Globalization;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// A program in a terminal, with a person in front of it who reads the screen and types. The terminal is tmux's: it needs no
/// window, and a server of its own for each test.
/// </summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const int Width = 160;
    private const int Height = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(150);

    private readonly string _socket;
    private Process? _program;

    private Terminal(ClientHome home) => _socket = Path.Combine(home.Folder, "tmux");

    /// <summary>Starts the program with nothing of our environment.</summary>
    public static async Task<Terminal> StartAsync(ClientHome home, Dictionary<string, string> environment, string program, params string[] arguments)
    {
        Terminal terminal = new(home);
        Dictionary<string, string> all = new(environment)
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["HOME"] = home.Folder,
            ["LANG"] = "C.UTF-8",
        };
        string[] settings = [.. all.SelectMany(static pair => (string[])["-e", $"{pair.Key}={pair.Value}"])];
        string pid = await terminal.TmuxAsync(
        [
            "-f", "/dev/null", "new-session", "-d", "-P", "-F", "#{pane_pid}", "-x", Text(Width), "-y", Text(Height), "-c", home.Project,
            .. settings, "--", program, .. arguments,
        ]);
        terminal._program = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
        return terminal;
    }

    /// <summary>The lines that can be seen now, without the empty ones.</summary>
    public async Task<string> ScreenAsync() =>
        string.Join('\n', (await TmuxAsync("capture-pane", "-p")).Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0));

    /// <summary>Writes the text as if it were typed.</summary>
    public Task TypeAsync(string text) => TmuxAsync("send-keys", "-l", "--", text);

    /// <param name="key">In tmux's words, such as <c>Enter</c>, <c>Escape</c> or <c>BTab</c>.</param>
    public Task PressAsync(string key) => TmuxAsync("send-keys", key);

    /// <summary>Presses a key, and again as long as nothing came of it: what was only just drawn may not listen yet.</summary>
    /// <param name="hasCome">Whether a screen shows what comes of the key.</param>
    public async Task PressUntilAsync(string key, Func<string, bool> hasCome)
    {
        for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < Patience;)
        {
            await PressAsync(key);
            for (Stopwatch pressed = Stopwatch.StartNew(); pressed.Elapsed < TimeSpan.FromSeconds(10);)
            {
                if (hasCome(await ScreenAsync())) return;
                await Task.Delay(Glance, TestContext.Current.CancellationToken);
            }
        }

        throw new TimeoutException($"Nothing came of {key} within {Patience.TotalSeconds} s:\n{await ScreenAsync()}");
    }

    /// <summary>Looks at the screen until the text is there.</summary>
    /// <returns>The screen.</returns>
    public Task<string> WaitForAsync(string text) => WaitUntilAsync($"'{text}'", screen => screen.Contains(text, StringComparison.Ordinal));

    /// <param name="what">What is waited for, in words.</param>
    /// <param name="isThere">Whether a screen shows it.</param>
    public async Task<string> WaitUntilAsync(string what, Func<string, bool> isThere)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            string screen = await ScreenAsync();
            if (isThere(screen)) return screen;
            if (waited.Elapsed > Patience) throw new TimeoutException($"The screen did not show {what} within {Patience.TotalSeconds} s:\n{screen}");
            await Task.Delay(Glance, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is null) return;
        TestContext.Current.TestOutputHelper?.WriteLine(await ScreenAsync());
        await TmuxAsync("kill-server");
        // The program writes into its home until it has ended.
        using CancellationTokenSource limit = new(Patience);
        try
        {
            await _program.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _program.Kill(entireProcessTree: true);
        }
        _program.Dispose();
    }

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("tmux", ["-S", _socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["LANG"] = "C.UTF-8";
        using Process tmux = Process.Start(start)!;
        Task<string> errors = tmux.StandardError.ReadToEndAsync();
        string output = await tmux.StandardOutput.ReadToEndAsync();
        await tmux.WaitForExitAsync();
        if (tmux.ExitCode != 0) throw new InvalidOperationException($"tmux {arguments[0]} failed: {await errors}");
        return output.Trim('\n');
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
