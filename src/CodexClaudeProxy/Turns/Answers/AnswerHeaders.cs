using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Turns.Answers;

/// <summary>What every answer tells the client beside its body.</summary>
internal static class AnswerHeaders
{
    /// <summary>The quota, in headers only Anthropic's clients know.</summary>
    public static void WriteLimits(HttpContext http, RateLimits? limits, bool rejected)
    {
        if (limits is null || Caller.EnvelopeOf(http.Request) != Envelope.Anthropic) return;
        foreach ((string name, string value) in limits.ToAnthropicHeaders(rejected)) http.Response.Headers[name] = value;
    }

    /// <summary>The answer is an event stream.</summary>
    public static void WriteStream(HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-accel-buffering"] = "no";
    }

    /// <summary>Tools of the request that could not be carried: the model does not know them. Another attempt may have others.</summary>
    public static void WriteDroppedTools(HttpResponse response, TurnContext context)
    {
        const string header = "x-proxy-dropped-tools";
        if (response.HasStarted) return;
        if (context.DroppedTools.Count > 0) response.Headers[header] = string.Join(',', context.DroppedTools.Select(HeaderText.Encode));
        else response.Headers.Remove(header);
    }
}
