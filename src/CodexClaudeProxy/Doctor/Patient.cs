using System.Net;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Network;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Doctor;

/// <summary>What is to be examined, whether its server runs or not.</summary>
internal sealed record Patient(ProxyOptions Options, HttpMessageInvoker Http, TimeProvider Time)
{
    public required AccountStore Store { get; init; }

    public required TokenRefresher Tokens { get; init; }

    public required AccountUsage Usage { get; init; }

    public required CodexClient Codex { get; init; }

    public required ClaudeHome Claude { get; init; }

    public required ProxySettings Settings { get; init; }

    /// <summary>The hosts that did not accept compressed requests; null lets the running proxy be asked.</summary>
    public IEnumerable<string>? UncompressedHosts { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>What encryption finds on this machine.</summary>
    public LinuxTls Tls { get => field ?? new LinuxTls(Variable); init; }

    /// <summary>Where the proxy is, or should be.</summary>
    public required string Address { get; init; }

    /// <summary>The proxy itself asks, so it runs.</summary>
    public bool IsRunning { get; init; }

    /// <summary>It is a demo: there is no network to look at.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>The keys of clients, as they are on disk now.</summary>
    public KeyRing ReadKeys()
    {
        using ClientKeys keys = new(Options.DataDirectory, Time, NullLogger.Instance);
        return keys.Read();
    }

    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}
