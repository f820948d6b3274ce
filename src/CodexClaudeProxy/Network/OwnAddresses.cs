using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace CodexClaudeProxy.Network;

/// <summary>The addresses under which other machines may reach this one.</summary>
internal static class OwnAddresses
{
    /// <summary>Those of networks that lead somewhere, IPv4 first; addresses that are only good on one link are left out.</summary>
    public static IReadOnlyList<IPAddress> Find()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .OrderByDescending(network => network.GetIPProperties().GatewayAddresses.Count > 0)
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Select(own => own.Address)
                .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.ToString().StartsWith("169.254.", StringComparison.Ordinal))
                .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
