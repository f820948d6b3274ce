using System.Globalization;
using System.Net;

namespace CodexClaudeProxy.Network;

/// <summary>
/// Which hosts <c>NO_PROXY</c> excepts: <c>*</c>, names with everything below them (<c>corp.example</c>, <c>.corp.example</c>,
/// <c>*.corp.example</c>), addresses, networks (<c>10.0.0.0/8</c>), <c>&lt;local&gt;</c> for names without a dot, each with or without
/// a port; separated by commas or blanks.
/// </summary>
internal sealed class DirectHosts
{
    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    private readonly (string Host, int? Port)[] _entries;

    private DirectHosts((string Host, int? Port)[] entries) => _entries = entries;

    public static DirectHosts Parse(string? text) => new([.. (text ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(Split)]);

    public bool Include(Uri destination)
    {
        string host = destination.IdnHost.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        IPAddress? address = IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null;
        return Array.Exists(_entries, entry => (entry.Port is null || entry.Port == destination.Port) && Matches(entry.Host, host, address));
    }

    private static bool Matches(string entry, string host, IPAddress? address)
    {
        if (entry == "*") return true;
        if (entry == "<local>") return address is null && !host.Contains('.', StringComparison.Ordinal);
        if (address is not null)
            return IPAddress.TryParse(entry, out IPAddress? named) ? named.Equals(address) : IPNetwork.TryParse(entry, out IPNetwork network) && network.Contains(address);

        string name = entry.TrimStart('*').TrimStart('.');
        return name.Length > 0 && (host == name || host.EndsWith("." + name, StringComparison.Ordinal));
    }

    /// <summary>A colon before digits is a port, unless the text is an IPv6 address.</summary>
    private static (string Host, int? Port) Split(string entry)
    {
        string host = entry.ToLowerInvariant();
        int colon = host.LastIndexOf(':');
        bool hasPort = colon > 0 && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']');
        int? port = hasPort && int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
        return ((port is null ? host : host[..colon]).Trim('[', ']').TrimEnd('.'), port);
    }
}
