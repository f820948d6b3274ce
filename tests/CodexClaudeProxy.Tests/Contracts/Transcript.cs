using System.Text;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What was asked and what came back, byte for byte, one after the other: a golden file for a whole story.</summary>
internal sealed partial class Transcript(HttpClient client)
{
    private readonly StringBuilder _told = new();

    public async Task SendAsync(string method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        _told.Append($"{method} {path} {body}".TrimEnd()).Append('\n').Append((int)response.StatusCode).Append(' ');
        Note(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Note(string text) => _told.Append(text).Append("\n\n");

    /// <summary>With words for the copies' names, which hold a time and a hash of the path.</summary>
    public override string ToString() => RestorePoint().Replace(Copies().Replace(_told.ToString(), "settings-COPY"), "$1TIME");

    [GeneratedRegex("settings-[0-9a-f]{12}-[0-9T]+Z-[0-9a-f]{4}")]
    private static partial Regex Copies();

    [GeneratedRegex("""("at": ?")[0-9-]{10}T[0-9:.]+(?:Z|\+00:00)(?=")""")]
    private static partial Regex RestorePoint();
}
