namespace CodexClaudeProxy.Hosting;

/// <summary>In whose words an error is told.</summary>
internal enum Envelope { Anthropic, OpenAi, Management }

/// <summary>Finds out who is calling, from the path where it decides, else from the headers.</summary>
internal static class Caller
{
    private static readonly string[] Management = ["/accounts", "/settings", "/claude", "/health"];
    private static readonly string[] OpenAi = ["/v1/chat", "/v1/responses", "/v1/completions", "/v1/embeddings"];

    public static Envelope EnvelopeOf(HttpRequest request)
    {
        PathString path = request.Path;
        if (path.StartsWithSegments("/v1/v1", out PathString rest)) path = new PathString("/v1").Add(rest);

        if (path.StartsWithSegments("/v1/messages")) return Envelope.Anthropic;
        if (Array.Exists(OpenAi, prefix => path.StartsWithSegments(prefix))) return Envelope.OpenAi;
        if (Array.Exists(Management, prefix => path.StartsWithSegments(prefix))) return Envelope.Management;

        // Claude Code also asks for /api/… of the real service: it understands only its own envelope.
        if (SpeaksAnthropic(request)) return Envelope.Anthropic;
        if (path.StartsWithSegments("/api")) return Envelope.Management;
        return path.StartsWithSegments("/v1") ? Envelope.OpenAi : Envelope.Anthropic;
    }

    /// <summary>The Codex CLI names itself; older ones only named the conversation and the account.</summary>
    public static bool IsCodex(HttpRequest request) =>
        request.Headers["originator"].ToString().StartsWith("codex", StringComparison.OrdinalIgnoreCase)
        || (SessionOf(request) is not null && request.Headers.ContainsKey("chatgpt-account-id"));

    /// <summary>What an OpenAI client calls its conversation, in the new or the old spelling.</summary>
    public static string? SessionOf(HttpRequest request)
    {
        string session = request.Headers["session-id"].ToString();
        if (session.Length == 0) session = request.Headers["session_id"].ToString();
        return session.Length > 0 ? session : null;
    }

    /// <summary>Either version header, key header or name tells an Anthropic client. New SDKs send their key as Bearer, but always the version.</summary>
    public static bool SpeaksAnthropic(HttpRequest request)
    {
        IHeaderDictionary headers = request.Headers;
        if (headers.ContainsKey("anthropic-version")) return true;
        if (headers.ContainsKey("x-api-key") && headers.Authorization.Count == 0) return true;

        string agent = headers.UserAgent.ToString();
        return agent.StartsWith("claude-cli", StringComparison.OrdinalIgnoreCase)
            || agent.StartsWith("claude-code", StringComparison.OrdinalIgnoreCase)
            || agent.StartsWith("anthropic", StringComparison.OrdinalIgnoreCase);
    }
}
