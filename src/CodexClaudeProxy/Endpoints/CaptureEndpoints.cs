using System.ComponentModel;
using System.Text.Json.Serialization;
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
        CaptureRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.CaptureRequest);
        if (request.Minutes is < 0 or > MostMinutes) throw JsonBody.Refusal(EndpointsContext.Default.CaptureRequest, "minutes");

        captures.Set(TimeSpan.FromMinutes(request.Minutes));
        await WriteStateAsync(http);
    }

    private Task WriteStateAsync(HttpContext http) =>
        JsonReply.WriteAsync(http, new CaptureState(captures.Until, captures.Size.Entries, captures.Size.Bytes), EndpointsContext.Default.CaptureState);

    private Task WriteBodiesAsync(HttpContext http)
    {
        Capture capture = captures.Find((string)http.Request.RouteValues["id"]!) ?? throw new InvalidRequestException(LocalErrors.NotFound);
        return JsonReply.WriteAsync(http, new CapturedBodies(capture.Request, capture.Upstream, capture.Answer, capture.Truncated), EndpointsContext.Default.CapturedBodies);
    }
}

/// <summary>How long bodies are to be captured from now on.</summary>
/// <param name="Minutes">Minutes from 0 (off) to 60.</param>
internal sealed record CaptureRequest(
    [property: Description("a whole number from 0 (off) to 60"), JsonRequired] int Minutes);

/// <summary>What the capture holds.</summary>
/// <param name="Until">When the capture ends by itself; null while it is off.</param>
/// <param name="Kept">How many requests are kept.</param>
/// <param name="Bytes">What they take of the memory.</param>
internal sealed record CaptureState(DateTimeOffset? Until, int Kept, long Bytes);

/// <summary>The bodies of one request.</summary>
/// <param name="Request">What the client sent.</param>
/// <param name="Upstream">What upstream was sent; null where none was.</param>
/// <param name="Answer">What the client was answered.</param>
/// <param name="Truncated">A body was longer than what is kept of one.</param>
internal sealed record CapturedBodies(string? Request, string? Upstream, string? Answer, bool Truncated);
