using System.Net;
using System.Net.Sockets;

namespace CodexClaudeProxy.Alerts;

/// <summary>Where alerts may be sent, and how much of an address is shown: whoever knows one can send messages there, and with ntfy read them.</summary>
internal static class AlertAddress
{
    public const int Longest = 2000;

    /// <summary>Shown of the path, where that is no more than a small part of it.</summary>
    private const int Tail = 4;

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>Names that no public server has.</summary>
    private static readonly string[] LocalEndings = [".local", ".lan", ".home", ".home.arpa", ".internal", ".localhost"];

    /// <summary>Why nothing is sent there, as what it must be; null when it can be.</summary>
    public static string? ProblemOf(string? text, ChannelKind kind)
    {
        if (text is null || text.Length > Longest || !Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("https" or "http")) return "must be an https address";
        if (url.UserInfo.Length > 0) return "must have no user name or password in it; they belong into authorization";
        if (url.Scheme == "http" && !IsPrivate(url)) return $"must begin with https: {url.Host} is outside of your own network, and everybody on the way could read the alerts and the address";
        return kind == ChannelKind.Ntfy && TopicOf(url) is null ? "must end with the topic, such as https://ntfy.sh/my-secret-topic" : null;
    }

    /// <summary>What an address is for, where its host tells.</summary>
    public static ChannelKind KindOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url)) return ChannelKind.Webhook;
        return url.Host switch
        {
            "hooks.slack.com" => ChannelKind.Slack,
            "discord.com" or "discordapp.com" or "ptb.discord.com" or "canary.discord.com" => ChannelKind.Discord,
            "ntfy.sh" => ChannelKind.Ntfy,
            _ => ChannelKind.Webhook,
        };
    }

    /// <summary>Who gets what is sent to one gets what is sent to the other.</summary>
    public static bool HaveSameHost(string one, string? other) =>
        Uri.TryCreate(one, UriKind.Absolute, out Uri? first) && Uri.TryCreate(other, UriKind.Absolute, out Uri? second) && (first.Scheme, first.Authority) == (second.Scheme, second.Authority);

    /// <summary>The host, and of the rest at most its end.</summary>
    public static string Mask(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url)) return "…";
        string rest = url.PathAndQuery.TrimEnd('/');
        return $"{url.Scheme}://{url.Authority}{(rest.Length == 0 ? "" : rest.Length < 4 * Tail ? "/…" : $"/…{rest[^Tail..]}")}";
    }

    /// <summary>The address of a topic; one that is named without a server is at the public one.</summary>
    public static string OfTopic(string text) => text.Length == 0 || text.Contains("://", StringComparison.Ordinal) ? text : $"https://ntfy.sh/{Uri.EscapeDataString(text)}";

    /// <summary>The last part of the path; null when there is none.</summary>
    public static string? TopicOf(Uri url) => url.AbsolutePath.TrimEnd('/') is { Length: > 1 } path ? Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]) : null;

    /// <summary>Where JSON for an ntfy topic goes: the address without the topic.</summary>
    public static Uri ServerOf(Uri url)
    {
        string path = url.AbsolutePath.TrimEnd('/');
        return new Uri(url, path[..(path.LastIndexOf('/') + 1)]);
    }

    private static bool IsPrivate(Uri url)
    {
        if (url.IsLoopback) return true;
        if (!IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address)) return !url.Host.Contains('.') || LocalEndings.Any(ending => url.Host.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && Private.Any(network => network.Contains(address));
    }
}
