using System.Runtime.InteropServices;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What runs here, since when, from which files, and how much memory it takes.</summary>
internal sealed class AboutEndpoint(HostParts host)
{
    private readonly DateTimeOffset _started = host.Time.GetUtcNow();

    public required string AccountsPath { get; init; }

    public required string SettingsPath { get; init; }

    /// <summary>Everything that keeps data in memory only to be faster or to know more.</summary>
    public required Func<IEnumerable<CacheSize>> Caches { get; init; }

    /// <summary>The hosts that did not accept compressed requests.</summary>
    public required Func<IEnumerable<string>> UncompressedHosts { get; init; }

    public bool IsDemo { get; init; }

    public void MapTo(Routes routes) => routes.Get("/api/about", AnswerAsync);

    private Task AnswerAsync(HttpContext http)
    {
        ProxyOptions options = host.Options;
        string name = options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host}]" : options.Host;
        int port = http.Connection.LocalPort;
        string directory = Path.GetFullPath(options.DataDirectory);
        return JsonReply.WriteAsync(http, new About(
            Version: ProductVersion.Text,
            Commit: ProductVersion.Commit,
            Target: ProductVersion.Target,
            ProjectUrl: ProductVersion.ProjectUrl,
            CodexVersion: options.CodexVersion,
            Demo: IsDemo,
            StartedAt: _started,
            UptimeSeconds: (long)(host.Time.GetUtcNow() - _started).TotalSeconds,
            Pid: Environment.ProcessId,
            Os: RuntimeInformation.OSDescription,
            Rid: RuntimeInformation.RuntimeIdentifier,
            Runtime: RuntimeInformation.FrameworkDescription,
            Address: $"http://{name}:{port}",
            BaseUrl: $"{http.Request.Scheme}://{http.Request.Host.Value}{http.Request.PathBase.Value}",
            Host: options.Host,
            Port: port,
            ApiKeySet: options.ApiKey is not null,
            ListensBeyondLoopback: !options.IsLoopback,
            DataDirectory: directory,
            AccountsPath: AccountsPath,
            SettingsPath: SettingsPath,
            ConfigPath: Path.Combine(directory, "config.json"),
            LogFile: host.Journal.File?.Path,
            UncompressedHosts: UncompressedHosts(),
            Memory: new MemoryUse(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false)),
            Caches: Caches()), EndpointsContext.Default.About);
    }
}

/// <summary>The running program.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Commit">The beginning of the commit it was built from; null where the source was in no repository.</param>
/// <param name="Target">What it was built for, such as <c>linux-x64</c>, with <c>-static</c> when it needs no library.</param>
/// <param name="ProjectUrl">The page of the project; null where the build names none.</param>
/// <param name="CodexVersion">The version of the Codex CLI that it names to upstream.</param>
/// <param name="Demo">Upstream is simulated.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="UptimeSeconds">Full seconds since then.</param>
/// <param name="Pid">The process id.</param>
/// <param name="Os">The operating system, in its own words.</param>
/// <param name="Rid">The operating system and processor it was built for, such as <c>linux-x64</c>.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="BaseUrl">Where the caller reached it, which other programs on the caller's machine can use too.</param>
/// <param name="Host">The host name or address it listens on.</param>
/// <param name="Port">The port it listens on.</param>
/// <param name="ApiKeySet">Callers need an access key.</param>
/// <param name="ListensBeyondLoopback">It can be reached from other machines.</param>
/// <param name="DataDirectory">Where it keeps its files.</param>
/// <param name="AccountsPath">The account file.</param>
/// <param name="SettingsPath">The settings, which may change while it runs.</param>
/// <param name="ConfigPath">The options, which are read at the start; the file need not exist.</param>
/// <param name="LogFile">Where log lines are written to; null for nowhere.</param>
/// <param name="UncompressedHosts">Hosts of upstream that did not accept compressed requests since the start, and are sent uncompressed ones.</param>
/// <param name="Memory">How much memory it takes.</param>
/// <param name="Caches">What of that is only there to be faster or to know more.</param>
internal sealed record About(
    string Version, string? Commit, string Target, string? ProjectUrl, string? CodexVersion, bool Demo, DateTimeOffset StartedAt, long UptimeSeconds, int Pid, string Os, string Rid, string Runtime,
    string Address, string BaseUrl, string Host, int Port, bool ApiKeySet, bool ListensBeyondLoopback,
    string DataDirectory, string AccountsPath, string SettingsPath, string ConfigPath, string? LogFile,
    IEnumerable<string> UncompressedHosts, MemoryUse Memory, IEnumerable<CacheSize> Caches);

/// <summary>How much memory the process takes.</summary>
/// <param name="ResidentBytes">In all, as the system counts it.</param>
/// <param name="ManagedBytes">What the garbage collector looks after.</param>
internal sealed record MemoryUse(long ResidentBytes, long ManagedBytes);
