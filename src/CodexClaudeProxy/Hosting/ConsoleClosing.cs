namespace CodexClaudeProxy.Hosting;

/// <summary>
/// The window of a Windows console was closed. The system ends the process as soon as the signal's handler returns, and after five seconds in
/// any case. So the handler waits here while the program cleans up, and the program ends by itself.
/// </summary>
internal static class ConsoleClosing
{
    /// <summary>How long a program that we started may take to end by itself.</summary>
    public static readonly TimeSpan ForOthers = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.8);
    private static readonly ManualResetEventSlim Ended = new();

    /// <summary>For the handler; returns when there is nothing left to do, or no time.</summary>
    public static void Wait() => Ended.Wait(Patience);

    /// <summary>Everything is cleaned up.</summary>
    public static void End() => Ended.Set();
}
