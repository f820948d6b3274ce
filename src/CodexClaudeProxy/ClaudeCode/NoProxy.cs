namespace CodexClaudeProxy.ClaudeCode;

/// <summary>
/// Where the environment names a proxy for everything, clients look for this machine there, too, and do not find it. <c>NO_PROXY</c>
/// says what is reached without one.
/// </summary>
internal static class NoProxy
{
    private static readonly string[] Proxies = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
    private static readonly string[] ThisMachine = ["127.0.0.1", "localhost", "::1"];

    /// <summary>Whether a proxy is set at all.</summary>
    public static bool IsNeeded(Func<string, string?> variable) => Proxies.Any(name => Value(variable, name) is not null);

    /// <summary>What is there, with this machine's names, and the proxy's own where it is another, behind it.</summary>
    /// <param name="address">Of this proxy.</param>
    public static string With(Func<string, string?> variable, string address)
    {
        string[] there = [.. Split(variable("NO_PROXY")).Union(Split(variable("no_proxy")), StringComparer.OrdinalIgnoreCase)];
        if (there.Contains("*")) return string.Join(',', there);
        string[] own = Uri.TryCreate(address, UriKind.Absolute, out Uri? url) ? [.. ThisMachine, url.IdnHost] : ThisMachine;
        return string.Join(',', there.Union(own, StringComparer.OrdinalIgnoreCase));
    }

    private static string[] Split(string? list) => (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Both spellings are in use.</summary>
    private static string? Value(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } value ? value : variable(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower : null;
}
