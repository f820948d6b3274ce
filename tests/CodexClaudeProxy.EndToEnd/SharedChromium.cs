using System.Collections.Concurrent;
using System.Diagnostics;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>
/// A Chromium for the cases of one class, because starting it takes longer than most cases. Cases have profiles of their own in it; the clipboard they share,
/// and those of one class run one after the other.
/// </summary>
internal static class SharedChromium
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Addresses = [];
    private static readonly ConcurrentBag<(Process Process, ClientHome Home)> Running = [];

    static SharedChromium() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => End();

    /// <summary>Where the one of the running test's class is reached.</summary>
    public static Task<string> AddressAsync(string chromium) =>
        Addresses.GetOrAdd(TestContext.Current.TestClass!.TestClassName, _ => new(() => StartAsync(chromium))).Value;

    private static async Task<string> StartAsync(string chromium)
    {
        ClientHome home = new();
        string script = Path.Combine(Clients.Folder, "scripts", "dashboard", "browser.mjs");
        ProcessStartInfo start = ClientProcess.StartInfo(Clients.Node, [script], home, new() { ["CCP_CHROMIUM"] = chromium });
        // Nobody reads them here, so they go where ours go.
        start.RedirectStandardError = false;
        Process process = Process.Start(start)!;
        Running.Add((process, home));
        return await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{chromium} did not start.");
    }

    private static void End()
    {
        foreach ((Process process, _) in Running) process.StandardInput.Close();
        foreach ((Process process, ClientHome home) in Running)
        {
            using (process)
            {
                if (!process.WaitForExit(5000)) process.Kill(entireProcessTree: true);
            }

            home.Dispose();
        }
    }
}
