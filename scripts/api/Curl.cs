using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>The commands of the examples: they are written here, and read again by the test that executes them.</summary>
internal static partial class Curl
{
    public const string Origin = "http://127.0.0.1:8081";

    /// <param name="header">One header; null for none.</param>
    public static string Of(string method, string path, string body, string? header)
    {
        string command = method switch
        {
            "GET" => "curl -s",
            "HEAD" => "curl -sI",
            _ when body.Length > 0 && method == "POST" => "curl -s",
            _ => $"curl -s -X {method}",
        };
        if (header is not null) command += $" -H '{header}'";
        command += $" \"{Origin}{path}\"";
        return body.Length == 0 ? command : command + $" \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'";
    }

    /// <summary>With the values of the variables in it, such as <c>$LOGIN</c>.</summary>
    public static HttpRequestMessage Read(string command, IReadOnlyDictionary<string, string> variables)
    {
        foreach ((string name, string value) in variables) command = command.Replace("$" + name, value, StringComparison.Ordinal);
        Match body = Data().Match(command);
        string method = Method().Match(command) is { Success: true } named ? named.Groups[1].Value : command.StartsWith("curl -sI", StringComparison.Ordinal) ? "HEAD" : body.Success ? "POST" : "GET";
        var request = new HttpRequestMessage(new HttpMethod(method), Address().Match(command).Groups[1].Value);
        if (body.Success) request.Content = new StringContent(body.Groups[1].Value, System.Text.Encoding.UTF8, "application/json");
        foreach (Match header in Header().Matches(command))
        {
            if (header.Groups[1].Value != "Content-Type") request.Headers.TryAddWithoutValidation(header.Groups[1].Value, header.Groups[2].Value);
        }

        return request;
    }

    [GeneratedRegex("-X ([A-Z]+)")]
    private static partial Regex Method();

    [GeneratedRegex("\"" + Origin + "([^\"]*)\"")]
    private static partial Regex Address();

    [GeneratedRegex("-H '([^:]+): ([^']*)'")]
    private static partial Regex Header();

    [GeneratedRegex("-d '([^']*)'$")]
    private static partial Regex Data();
}
