using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace CodexClaudeProxy.Login;

/// <summary>
/// The head of one HTTP/1.1 request to the callback listener. The few lines a browser sends there do not need a web server
/// beside the one the program has: that one may not even run.
/// </summary>
internal sealed class CallbackRequest
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, StringValues> _query = [];

    public string Method { get; private init; } = "";

    public string Path { get; private init; } = "";

    /// <summary>A page of another site, or a script, asked for it; a person who follows a link navigates.</summary>
    public bool ComesFromAPage => _headers.ContainsKey("Origin") || _headers.ContainsKey("Referer") || _headers.ContainsKey("Sec-Fetch-Site");

    /// <summary>The request names this machine. Another name that leads here was put there to trick the browser.</summary>
    public bool IsForThisMachine => IsLoopback(_headers.GetValueOrDefault("Host"));

    /// <summary>The first value of a query parameter; null when it is absent or empty.</summary>
    public string? Query(string name) => _query.TryGetValue(name, out StringValues values) && values[0] is { Length: > 0 } value ? value : null;

    /// <summary>Null when the text is no request.</summary>
    public static CallbackRequest? Parse(ReadOnlySpan<byte> head)
    {
        string[] lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"]) return null;

        int question = target.IndexOf('?', StringComparison.Ordinal);
        CallbackRequest request = new() { Method = method, Path = question < 0 ? target : target[..question] };
        if (question >= 0) request._query = QueryHelpers.ParseQuery(target[question..]);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            // Two Host headers would let us check one while somebody else believed the other.
            if (colon > 0 && !request._headers.TryAdd(line[..colon], line[(colon + 1)..].Trim()) && line[..colon].Equals("Host", StringComparison.OrdinalIgnoreCase)) return null;
        }

        return request;
    }

    /// <summary>Never the query, which holds the code.</summary>
    public override string ToString() => $"{Method} {Path}";

    private static bool IsLoopback(string? host)
    {
        if (host is null || !Uri.TryCreate($"http://{host}/", UriKind.Absolute, out Uri? address) || address.UserInfo.Length > 0) return false;
        return address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host.AsSpan().Trim("[]"), out IPAddress? ip) && IPAddress.IsLoopback(ip));
    }
}
