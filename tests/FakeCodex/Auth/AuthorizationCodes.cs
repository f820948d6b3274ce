using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace FakeCodex;

/// <summary>Codes that wait for their single exchange, each bound to a user, a redirect address and a PKCE challenge.</summary>
internal sealed class AuthorizationCodes
{
    private readonly ConcurrentDictionary<string, Grant> _grants = new();

    public string Create(FakeUser user, string redirectUri, string challenge)
    {
        string code = FakeIds.Secret("ac_");
        _grants[code] = new(user, redirectUri, challenge);
        return code;
    }

    /// <summary>Null when anything does not fit; the code is used up in any case.</summary>
    public FakeUser? Redeem(string? code, string? redirectUri, string? verifier)
    {
        if (code is null || verifier is null || !_grants.TryRemove(code, out Grant? grant)) return null;
        return grant.RedirectUri == redirectUri && grant.Challenge == ChallengeOf(verifier) ? grant.User : null;
    }

    public static string ChallengeOf(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private sealed record Grant(FakeUser User, string RedirectUri, string Challenge);
}
