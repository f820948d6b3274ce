using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Hosting;

/// <summary>
/// What the system's signals mean to a server. The first order to stop lets it drain, the second ends the waiting, and the third ends the
/// process as if nobody listened. A hang-up is an order where there is a terminal, whose window was closed; a service is told by it that
/// its log file was moved away, which needs nothing here: the file is opened anew for each handful of lines.
/// </summary>
internal sealed partial class StopSignals : IDisposable
{
    private readonly Drain _drain;
    private readonly ILogger _log;
    private readonly bool _hangUpStops;
    private readonly PosixSignalRegistration[] _signals;
    private int _orders;

    public StopSignals(Drain drain, ILogger log)
    {
        (_drain, _log) = (drain, log);
        // Read now, because a terminal that was closed can no longer be asked. With nohup the program is to go on.
        _hangUpStops = Terminals.HasOne && !IsHangUpIgnored();
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, HangUp),
        ];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = Interlocked.Increment(ref _orders) <= 2;
        _drain.Order();
    }

    private void HangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        if (OperatingSystem.IsWindows())
        {
            _drain.Order();
            _drain.Order();
            ConsoleClosing.Wait();
        }
        else if (_hangUpStops)
        {
            if (!_drain.Ordered.IsCompleted) _drain.Order();
        }
        else
        {
            HungUp(_log);
        }
    }

    private static unsafe bool IsHangUpIgnored()
    {
        if (OperatingSystem.IsWindows()) return false;
        // The handler is the first member of the structure, on every system; 1 means that the signal is ignored.
        byte* action = stackalloc byte[512];
        return SignalAction(1, 0, action) == 0 && *(nint*)action == 1;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static unsafe partial int SignalAction(int signal, nint set, byte* get);

    [LoggerMessage(3, LogLevel.Information, "SIGHUP: the log file was reopened; nothing else changes")]
    private static partial void HungUp(ILogger log);
}
