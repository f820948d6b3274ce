using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Numerics;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Images;

/// <summary>The way to the hosts of images. Their addresses come from strangers, so it leads to public hosts only.</summary>
/// <param name="LookUp">The addresses of a name.</param>
/// <param name="Dial">A connection to exactly that address.</param>
internal sealed record ImageNetwork(Func<string, CancellationToken, Task<IPAddress[]>> LookUp, Func<IPEndPoint, CancellationToken, ValueTask<Stream>> Dial)
{
    public static readonly ImageNetwork Internet = new(static (host, cancellation) => Dns.GetHostAddressesAsync(host, cancellation), AddressRace.DialAsync)
    {
        IsNear = IsOnOurNetworks,
        IsProxied = IsProxiedBySystem,
    };

    /// <summary>No host at all, for a demo: nothing leaves the machine.</summary>
    public static readonly ImageNetwork None = new(static (_, _) => Task.FromResult<IPAddress[]>([]), static (_, _) => throw new NotSupportedException());

    /// <summary>
    /// The address is this machine's or on the same network. With IPv6 even a router's has a public form, and who serves an image
    /// learns enough from our address to guess it.
    /// </summary>
    public Func<IPAddress, bool> IsNear { get; init; } = static _ => false;

    /// <summary>An HTTP proxy is set for the address. It would look the name up itself, so nothing could be checked here.</summary>
    public Func<Uri, bool> IsProxied { get; init; } = static _ => false;

    /// <summary>Sends what it is given and nothing else: no cookies, no credentials, no proxy; redirects are the caller's business.</summary>
    public HttpMessageInvoker CreateInvoker()
    {
        var race = new AddressRace(TimeProvider.System) { LookUp = OpenAddressesAsync, Dial = Dial };
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellation) => race.ConnectAsync(context.DnsEndPoint, cancellation),
            ConnectTimeout = ImageFetcher.Patience,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseDrainSize = 0,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
        });
    }

    /// <summary>
    /// The addresses that may be connected to. The name is looked up once and the connection goes to what was checked: a name that
    /// answers differently the next time gains nothing.
    /// </summary>
    private async Task<IPAddress[]> OpenAddressesAsync(string host, CancellationToken cancellation)
    {
        IPAddress[] found = await LookUp(host, cancellation);
        found = Array.ConvertAll(found, static address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        // IPv4 first: where IPv6 is broken, it is so silently.
        IPAddress[] open = [.. found.Where(address => PublicAddress.Is(address) && !IsNear(address)).OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)];
        return open.Length > 0 ? open : throw new NoPublicAddressException();
    }

    private static bool IsOnOurNetworks(IPAddress address) =>
        NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
            .Any(own => own.Address.AddressFamily == address.AddressFamily && SharesPrefix(own.Address.GetAddressBytes(), address.GetAddressBytes(), own.PrefixLength));

    private static bool SharesPrefix(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, int bits)
    {
        int bytes = one.CommonPrefixLength(other);
        return bytes == one.Length || bytes * 8 + BitOperations.LeadingZeroCount((uint)(one[bytes] ^ other[bytes]) << 24) >= bits;
    }

    private static bool IsProxiedBySystem(Uri address) => OutboundProxy.OrSystem(Environment.GetEnvironmentVariable).GetProxy(address) is { } proxy && proxy != address;
}

/// <summary>A name stands for no address that is open to everybody.</summary>
internal sealed class NoPublicAddressException : Exception;
