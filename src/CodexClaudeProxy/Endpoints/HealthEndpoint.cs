using System.Text.Json;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Tells that the proxy is alive, and which accounts it has.</summary>
/// <param name="writeAccounts">Writes the members <c>total</c>, <c>active</c>, <c>accounts</c> and <c>configPath</c>.</param>
internal sealed class HealthEndpoint(Action<Utf8JsonWriter> writeAccounts)
{
    public void MapTo(Routes routes) => routes
        .Get("/health", AnswerHealthAsync)
        .Head("/api/hello", static _ => Task.CompletedTask);

    private Task AnswerHealthAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteString("status"u8, "ok"u8);
        writeAccounts(json);
        json.WriteEndObject();
    });

    /// <summary>What the program is, for those who ask its bare address.</summary>
    public static Task AnswerStatusAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteString("name"u8, "codex-claude-proxy"u8);
        json.WriteString("version"u8, ProductVersion.Text);
        json.WriteString("status"u8, "ok"u8);
        json.WriteString("health"u8, "/health"u8);
        json.WriteEndObject();
    });
}
