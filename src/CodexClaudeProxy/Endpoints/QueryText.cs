using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Members of a query string.</summary>
internal static class QueryText
{
    /// <summary>Null also when it is empty.</summary>
    public static string? Of(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    public static DateTimeOffset? Time(IQueryCollection query, string name) => Of(query, name) is not { } text ? null
        : Times.TryParse(text) ?? throw new InvalidRequestException(ApiError.Invalid($"{name} must be a time such as 2026-11-25T08:00:00Z", name));
}
