using System.Text.Json;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Tells that the proxy is alive, and which accounts it has.</summary>
/// <param name="writeAccounts">Writes the members <c>total</c>, <c>active</c>, <c>accounts</c> and <c>configPath</c>.</param>
internal sealed class HealthEndpoint(Action<Utf8JsonWriter> writeAccounts)
{
    public void MapTo(Routes routes) => routes
        .Get("/health", AnswerHealthAsync, withoutKey: AnswerAliveAsync)
        .Head("/api/hello", AnswerWarmUpAsync, withoutKey: AnswerWarmUpAsync);

    private Task AnswerHealthAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteString("status"u8, "ok"u8);
        writeAccounts(json);
        json.WriteEndObject();
    });

    /// <summary>For whoever watches over the program and needs to know no more than that it answers.</summary>
    private static Task AnswerAliveAsync(HttpContext http) => JsonReply.WriteAsync(http, static json =>
    {
        json.WriteStartObject();
        json.WriteString("status"u8, "ok"u8);
        json.WriteEndObject();
    });

    /// <summary>Claude Code opens its connection with this, before it has a key at hand.</summary>
    private static Task AnswerWarmUpAsync(HttpContext http) => Task.CompletedTask;

    /// <summary>What the program is, for those who ask its bare address.</summary>
    public static Task AnswerStatusAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteString("name"u8, ProductVersion.Name);
        json.WriteString("version"u8, ProductVersion.Text);
        json.WriteString("status"u8, "ok"u8);
        json.WriteString("health"u8, "/health"u8);
        json.WriteEndObject();
    });
}
