using System.Globalization;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Messages;

namespace CodexClaudeProxy.Hosting;

/// <summary>The one place where an <see cref="ApiError"/> becomes an HTTP answer.</summary>
internal static class ErrorReply
{
    private const int LongestRetryAfter = 604_800;

    /// <summary>Writes the error in the caller's own envelope. Only before the response has started.</summary>
    public static Task WriteAsync(HttpContext http, ApiError error)
    {
        bool forCodex = Caller.IsCodex(http.Request);
        Envelope envelope = Caller.EnvelopeOf(http.Request);
        if (!forCodex || error.Code != "usage_limit_reached") WriteRetryHeaders(http.Response.Headers, error, envelope);
        return envelope switch
        {
            Envelope.Anthropic => JsonReply.WriteAsync(http, error.Status, json => AnthropicError.Write(json, error, http.TraceIdentifier)),
            Envelope.OpenAi => JsonReply.WriteAsync(http, OpenAiError.Status(error), json => OpenAiError.Write(json, error, forCodex)),
            _ => JsonReply.WriteAsync(http, new ManagementError(Success: false, ErrorText.Clean(error.Message)), HostingContext.Default.ManagementError, OpenAiError.Status(error)),
        };
    }

    private static void WriteRetryHeaders(IHeaderDictionary headers, ApiError error, Envelope envelope)
    {
        if (error.ShouldRetry is { } retry) headers["x-should-retry"] = retry ? "true" : "false";
        if (error.RetryAfter is not { } after) return;
        // OpenAI's library for .NET does not know x-should-retry and sits out any retry-after, be it days. Its API sends none with a spent quota.
        if (envelope == Envelope.OpenAi && error.ShouldRetry == false) return;

        headers.RetryAfter = Math.Clamp((long)Math.Ceiling(after.TotalSeconds), 1, LongestRetryAfter).ToString(CultureInfo.InvariantCulture);
        if (after.Ticks % TimeSpan.TicksPerSecond != 0 && after > TimeSpan.Zero)
            headers["retry-after-ms"] = Math.Ceiling(after.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>How the management routes tell what went wrong, as in the original.</summary>
/// <param name="Success">False.</param>
/// <param name="Error">The problem and its fix, as text for people.</param>
internal sealed record ManagementError(bool Success, string Error);
