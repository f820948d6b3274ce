using System.Runtime.InteropServices;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Turns the first Ctrl+C into a cancelled token, so that what has begun is ended properly. The second one ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>On Windows the last one says that the console's window was closed.</summary>
    private static readonly PosixSignal[] Meant = OperatingSystem.IsWindows() ? [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP] : [PosixSignal.SIGINT, PosixSignal.SIGTERM];

    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration[] _signals;

    public Interruption(CancellationToken cancellation)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _signals = [.. Meant.Select(signal => PosixSignalRegistration.Create(signal, Receive))];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        _source.Dispose();
    }

    private void Receive(PosixSignalContext signal)
    {
        signal.Cancel = !_source.IsCancellationRequested;
        // Its consequences may wait for something; the system waits for us here.
        ThreadPool.QueueUserWorkItem(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        if (signal.Signal == PosixSignal.SIGHUP) ConsoleClosing.Wait();
    }
}
