using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CodexClaudeProxy.Load.Targets;

/// <summary>One of the programs that stand before the fake backend; without a command the fake backend itself.</summary>
/// <param name="isMessages">Whether it takes requests of the Messages API and converts; the others forward requests of the Responses API.</param>
/// <param name="command">How it is started.</param>
internal sealed class Target(string name, int port, bool isMessages, ProcessStartInfo? command) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _output = new();
    private Process? _process;

    public string Name => name;

    public int Port => port;

    public bool IsMessages => isMessages;

    public string Binary => command!.FileName;

    public bool IsRunning => _process is not null;

    /// <summary>What the running program uses.</summary>
    public ProcessTree Tree => new(_process!.Id);

    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts the program and asks for its health until it answers.</summary>
    /// <returns>How long that took, and how much processor time.</returns>
    public async Task<(TimeSpan Time, TimeSpan Cpu)> StartAsync()
    {
        long from = Stopwatch.GetTimestamp();
        command!.RedirectStandardOutput = command.RedirectStandardError = true;
        _process = Process.Start(command)!;
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!await IsHealthyAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(from) > Patience) throw new InvalidOperationException($"{name} did not start:\n{_output}");
            await Task.Delay(1);
        }
        return (Stopwatch.GetElapsedTime(from), Tree.Cpu);
    }

    public async Task StopAsync()
    {
        if (_process is null) return;
        using (Process kill = Process.Start("kill", [$"{_process.Id}"])) await kill.WaitForExitAsync();
        using CancellationTokenSource limit = new(Patience);
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_output) _output.AppendLine(line.Data);
    }

    private async Task<bool> IsHealthyAsync()
    {
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
            byte[] answer = new byte[1024];
            int length = await socket.ReceiveAsync(answer);
            return answer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
