using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;

namespace CodexClaudeProxy.Login;

/// <summary>Removes an account here and, if wanted, ends its sign-in at the issuer too.</summary>
internal sealed class Logout(AccountStore store, TokenEndpoint endpoint, ILogger<Logout> logger)
{
    /// <summary>Null when there is no such account. The local entry goes first and in any case: the issuer's answer changes nothing about it.</summary>
    /// <param name="address">As <see cref="AccountList.Find(string)"/> understands it.</param>
    public async Task<LogoutResult?> RemoveAsync(string address, bool revoke, CancellationToken ct)
    {
        Account? removed = await store.UpdateAsync(document =>
        {
            Account? found = document.Accounts.Find(address);
            if (found is not null) document.Remove(found);
            return found;
        }, ct);
        if (removed is null) return null;

        string message = $"Account removed: {removed.Email}";
        if (!revoke) return new LogoutResult(message, null);
        // An access token alone cannot be revoked; it ends by itself.
        string? trouble = removed.RefreshToken is { } token ? await endpoint.RevokeAsync(token, removed.Route, CancellationToken.None) : "the account has no refresh token";
        if (trouble is null) return new LogoutResult($"{message}. Its sign-in was revoked at the issuer.", null);
        Log.NotRevoked(logger, removed.Key, trouble);
        return new LogoutResult(message, $"Its sign-in could not be revoked at the issuer: {trouble}");
    }
}

/// <param name="Warning">The account is gone, but its token may still be valid.</param>
internal sealed record LogoutResult(string Message, string? Warning);
