using System.Security.Cryptography;
using System.Text;

namespace CodexClaudeProxy.Hosting;

/// <summary>The key clients must present, compared through its hash so that neither content nor length leaks through time.</summary>
internal sealed class AccessKey(string key)
{
    private readonly byte[] _hash = Hash(key);

    /// <summary>Clients differ in where they put a key, and some send two: one right one is enough.</summary>
    public bool IsPresentedBy(HttpRequest request)
    {
        bool presented = false;
        foreach (string? value in request.Headers["x-api-key"]) presented |= Matches(value);
        foreach (string? value in request.Headers.Authorization)
        {
            if (value?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true) presented |= Matches(value["Bearer ".Length..].Trim());
        }

        return presented;
    }

    private bool Matches(string? candidate) => candidate is not null && CryptographicOperations.FixedTimeEquals(Hash(candidate), _hash);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
