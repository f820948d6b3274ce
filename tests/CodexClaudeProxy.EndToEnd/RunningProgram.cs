using System.Diagnostics;
using System.Text;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The program as a server in a process of its own, from the moment it listens.</summary>
internal sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly string _stopSignal;
    private readonly Task _reading;

    private RunningProgram(ProcessStartInfo start, string stopSignal)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _stopSignal = stopSignal;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    /// <summary>Such as <c>http://127.0.0.1:41234</c>, without a slash at its end.</summary>
    public string Url { get; private set; } = "";

    public int ProcessId => _process.Id;

    /// <summary>Everything the program has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <param name="stopSignal">What tells it to stop: <c>TERM</c> as a service manager does, <c>INT</c> as Ctrl+C does.</param>
    /// <param name="limit">How long its start may take; null for what a native program needs at most.</param>
    public static async Task<RunningProgram> StartAsync(ProcessStartInfo start, string stopSignal = "TERM", TimeSpan? limit = null)
    {
        RunningProgram program = new(start, stopSignal);
        try
        {
            program.Url = await program._address.Task.WaitAsync(limit ?? StartLimit);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>Tells the program to stop.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Terminate();
        using CancellationTokenSource limit = new(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Only asks; <see cref="StopAsync"/> also waits.</summary>
    public void Terminate()
    {
        if (_process.HasExited) return;
        using Process kill = Process.Start("kill", [$"-{_stopSignal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends the program, if it still runs, without asking.</summary>
    public void Dispose()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Output);
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output) _output.AppendLine(line);
            if (line.Split("Address ") is [_, var address]) _address.TrySetResult(address.Trim());
        }
        _address.TrySetException(new InvalidOperationException($"The program ended before it listened.\n{Output}"));
    }
}
