using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Hosting;

/// <summary>The key clients must present, compared through its hash so that neither content nor length leaks through time.</summary>
internal sealed class AccessKey(string key)
{
    /// <summary>Of the characters that keys are made of, so many are 128 bits.</summary>
    public const int LeastLength = 22;

    public const int LeastDifferent = 8;

    /// <summary>For clients whose usual headers carry a credential for Anthropic. It is for us alone and goes no further.</summary>
    public const string Header = "x-ccp-key";

    private const int LongestFile = 4096;

    private readonly byte[] _hash = Hash(key);

    /// <summary>Somebody who tries could guess it.</summary>
    public static bool IsWeak(string key) => key.Length < LeastLength || key.Distinct().Count() < LeastDifferent;

    /// <summary>The key in a file, without the blanks and line breaks around it.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot hold a key.</exception>
    public static string Read(string path)
    {
        // A shell hands over what another program prints as a pipe below /dev.
        if (!path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/proc/", StringComparison.Ordinal)) RegularFile.Demand(path);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[LongestFile + 1];
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        string key = Encoding.UTF8.GetString(ByteOrderMark.Skip(content.AsMemory(0, length)).Span).Trim();
        if (length > LongestFile || key.Length == 0 || key.Any(char.IsControl)) throw new IOException($"{path} does not hold one line with a key.");
        return key;
    }

    /// <summary>Clients differ in where they put a key, and some send two: one right one is enough.</summary>
    public bool IsPresentedBy(HttpRequest request)
    {
        bool presented = false;
        foreach (string candidate in Presented(request)) presented |= Matches(candidate);
        return presented;
    }

    /// <summary>Everything in a request that may be a key for us.</summary>
    public static IEnumerable<string> Presented(HttpRequest request)
    {
        foreach (string? value in request.Headers[Header]) if (value is not null) yield return value;
        foreach (string? value in request.Headers["x-api-key"]) if (value is not null) yield return value;
        foreach (string? value in request.Headers.Authorization) if (TokenIn(value) is { } token) yield return token;
    }

    /// <summary>A header's value is this key, plain or as a bearer token.</summary>
    public bool IsIn(string? headerValue) => Matches(headerValue) | Matches(TokenIn(headerValue));

    /// <summary>The bearer token in a header's value, or null.</summary>
    public static string? TokenIn(string? headerValue) =>
        headerValue?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true ? headerValue["Bearer ".Length..].Trim() : null;

    private bool Matches(string? candidate) => candidate is not null && CryptographicOperations.FixedTimeEquals(Hash(candidate), _hash);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
