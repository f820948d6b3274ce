using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Images;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Demo;

/// <summary>All that a demo needs beside the program: a simulated backend, and a data directory that is gone when it ends.</summary>
internal sealed class DemoSession : IDisposable
{
    private const string Notice = "simulated upstream, simulated accounts: nothing leaves this machine, and nothing is stored";

    /// <summary>Where the backend's addresses would be. Nobody can own the name, in case an address is ever shown or opened.</summary>
    private static readonly Uri Nowhere = new("https://simulated.example");

    private readonly TemporaryDirectory _directory = new("codex-claude-proxy-demo-");
    private readonly HttpMessageInvoker _http;
    private Task _past = Task.CompletedTask;

    private DemoSession(HttpMessageHandler network) => _http = new HttpMessageInvoker(network);

    public string DataDirectory => Path.Combine(_directory.Info.FullName, "data");

    /// <param name="time">Sets the pace of the answers.</param>
    /// <param name="isFresh">As on the first day: two accounts without names, and nothing in the request log.</param>
    public static Task<DemoSession> BeginAsync(TimeProvider time, bool isFresh, CancellationToken cancellation)
    {
        SimulatedBackend backend = new(time, isFresh);
        return BeginAsync(backend, backend.Accounts, time, isFresh, cancellation);
    }

    /// <param name="network">What takes the place of the network: the simulated backend, or something that looks on.</param>
    public static async Task<DemoSession> BeginAsync(
        HttpMessageHandler network, IReadOnlyList<SimulatedAccount> accounts, TimeProvider time, bool isFresh, CancellationToken cancellation)
    {
        DemoSession session = new(network);
        using AccountStore store = new(new DataDirectory(session.DataDirectory), time, NullLogger<AccountStore>.Instance);
        DateTimeOffset now = time.GetUtcNow();
        await store.UpdateAsync(document =>
        {
            foreach (SimulatedAccount account in accounts) SignIn(document, account, now, isFresh);
            return true;
        }, cancellation);
        if (isFresh) return session;

        SimulatedPast past = new(accounts, time.LocalTimeZone, now);
        AtomicFile.Write(store.Directory.State, JsonFile.Serialize(past.Windows(), PoolContext.Default.PoolState));
        session._past = Task.Run(() => session.Remember(past, time), cancellation);
        return session;
    }

    /// <summary>All in one transaction, which has begun before the first request comes: the log has its order from the order of writing.</summary>
    private void Remember(SimulatedPast past, TimeProvider time)
    {
        ActivityWriter writer = new(new ActivityFile(Path.Combine(DataDirectory, "activity.db"), time), time);
        try
        {
            writer.Write(past.Requests(), long.MaxValue);
        }
        catch (Exception e) when (e is SqliteException or IOException or DllNotFoundException)
        {
            // A demo without a past is one all the same.
        }
        finally
        {
            writer.Close();
        }
    }

    /// <summary>The user's options, with every address and directory of the real world taken out.</summary>
    public ProxyOptions Redirect(ProxyOptions options) =>
        options with { DataDirectory = DataDirectory, ChatGptUrl = Nowhere, AuthUrl = Nowhere, KiloUrl = Nowhere };

    /// <summary>The whole program, on the simulated network, beside an official client that does not exist and a Claude Code whose settings are not the user's.</summary>
    public async Task<Routes> ComposeAsync(HostParts host)
    {
        host.Announce("Demo", Notice);
        Routes routes = await Composition.ComposeAsync(host, new Surroundings(
            _http,
            new CodexHome(Path.Combine(_directory.Info.FullName, "codex")),
            ClaudeHome.FromEnvironment(Environment.GetEnvironmentVariable) with { Directory = Path.Combine(_directory.Info.FullName, "claude"), ManagedDirectory = null }) { IsSimulated = true, Images = ImageNetwork.None });
        await _past;
        return routes;
    }

    public void Dispose()
    {
        _http.Dispose();
        Task.WaitAny(_past);
        _directory.Dispose();
    }

    private static void SignIn(AccountsDocument document, SimulatedAccount account, DateTimeOffset now, bool isFresh)
    {
        Account added = document.Upsert(account.Tokens(now), account.Email, source: null, now);
        UsageReply told = new() { Usage = account.Usage(now).ToJsonString(), Workspaces = account.Workspaces().ToJsonString() };
        document.Set(added, "quota", QuotaFormat.Merge(known: null, told, now));
        document.Set(added, "quotaAskedAt", Times.Iso(now));
        if (isFresh) return;

        AccountPreferences.SetLabel(document, added, account.Label ?? "");
        AccountPreferences.SetEnabled(document, added, !account.IsDisabled);
        if (account.IsSignedOut) document.DemandSignIn(added, account.RefreshToken, new SignInDemand(now.AddHours(-3), "refresh_token_reused") { TokenRefused = true });
    }
}
