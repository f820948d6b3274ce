namespace CodexClaudeProxy.Network;

/// <summary>A request of an account failed at the account's own proxy, and took no other way. The message names the proxy, never its credentials.</summary>
internal sealed class AccountProxyException(AccountProxy proxy, string what, HttpRequestException? cause = null)
    : HttpRequestException(cause?.HttpRequestError ?? HttpRequestError.ProxyTunnelError, $"{(proxy.Problem is null ? $"the account's proxy {proxy.Shown}" : "the account's proxy")} {what}", cause)
{
    /// <summary>False when the backend may have failed as well.</summary>
    public bool IsCertain { get; init; } = true;

    /// <summary>What the owner can do about it.</summary>
    public const string Advice = "Check the proxy, or change it with: codex-claude-proxy accounts proxy ACCOUNT URL";
}
