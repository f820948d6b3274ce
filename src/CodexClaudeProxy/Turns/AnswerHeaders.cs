using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex;

namespace CodexClaudeProxy.Turns;

/// <summary>What every answer tells the client beside its body.</summary>
internal static class AnswerHeaders
{
    public static void WriteLimits(HttpResponse response, RateLimits? limits, bool rejected)
    {
        if (limits is null) return;
        foreach ((string name, string value) in limits.ToAnthropicHeaders(rejected)) response.Headers[name] = value;
    }

    /// <summary>Tools of the request that could not be carried: the model does not know them.</summary>
    public static void WriteDroppedTools(HttpResponse response, TurnContext context)
    {
        if (context.DroppedTools.Count > 0) response.Headers["x-proxy-dropped-tools"] = string.Join(',', context.DroppedTools);
    }
}
