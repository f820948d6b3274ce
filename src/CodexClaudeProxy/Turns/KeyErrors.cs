using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Keys.Usage;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Turns;

/// <summary>What a client is told whose key does not let a turn begin.</summary>
internal static class KeyErrors
{
    public static ApiError NotAllowed(ClientKey key, string model) => new(ApiErrorType.Permission, 403,
        $"The key '{key.Name}' may not use the model {model}. Its owner changes that with: codex-claude-proxy keys set") { ShouldRetry = false, Param = "model", Code = "model_not_allowed" };

    /// <summary>Beyond a minute the wait makes Claude Code show the message at once.</summary>
    public static ApiError Reached(ClientKey key, LimitStanding reached, DateTimeOffset now, TimeZoneInfo zone)
    {
        TimeSpan? wait = reached.FreeAt is { } free ? (free > now ? free - now : TimeSpan.FromSeconds(1)) : null;
        return new ApiError(ApiErrorType.RateLimit, 429, reached.FreeAt is { } at
            ? $"The key '{key.Name}' has reached its {reached.Limit.Words}. It can be used again {TimeText.Until(at, now, zone)}. This is a limit of the key, not of the account."
            : $"The key '{key.Name}' has reached its {reached.Limit.Words}. This is a limit of the key, not of the account.")
        {
            ShouldRetry = wait <= TimeSpan.FromMinutes(1),
            RetryAfter = wait,
            // The one that the Codex CLI does not try again.
            Code = "usage_limit_reached",
            ResetsAt = reached.FreeAt,
        };
    }
}
