using System.Text.Json;
using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Switches the capture of bodies on for a while, and shows what it caught.</summary>
internal sealed class CaptureEndpoints(Captures captures)
{
    private const int MostMinutes = 60;

    public void MapTo(Routes routes) => routes
        .Get("/api/capture", WriteStateAsync)
        .Post("/api/capture", SetAsync)
        .Get("/api/requests/{id}/bodies", WriteBodiesAsync);

    private async Task SetAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        if (!body.RootElement.TryGetProperty("minutes"u8, out JsonElement given) || given.ValueKind != JsonValueKind.Number
            || !given.TryGetInt32(out int minutes) || minutes is < 0 or > MostMinutes)
            throw new InvalidRequestException(ApiError.Invalid($"minutes must be a whole number from 0 (off) to {MostMinutes}", "minutes"));

        captures.Set(TimeSpan.FromMinutes(minutes));
        await WriteStateAsync(http);
    }

    private Task WriteStateAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        CacheSize size = captures.Size;
        json.WriteStartObject();
        Times.Write(json, "until", captures.Until);
        json.WriteNumber("kept"u8, size.Entries);
        json.WriteNumber("bytes"u8, size.Bytes);
        json.WriteEndObject();
    });

    private Task WriteBodiesAsync(HttpContext http)
    {
        Capture capture = captures.Find((string)http.Request.RouteValues["id"]!) ?? throw new InvalidRequestException(LocalErrors.NotFound);
        return JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("request"u8, capture.Request);
            json.WriteString("upstream"u8, capture.Upstream);
            json.WriteString("answer"u8, capture.Answer);
            json.WriteBoolean("truncated"u8, capture.Truncated);
            json.WriteEndObject();
        });
    }
}
