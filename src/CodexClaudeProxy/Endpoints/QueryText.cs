using System.Globalization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Members of a query string.</summary>
internal static class QueryText
{
    /// <summary>Null also when it is empty.</summary>
    public static string? Of(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>0 when it is absent.</summary>
    public static int Number(IQueryCollection query, string name, int least, int most) => Of(query, name) is not { } text ? 0
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most ? number
        : throw new InvalidRequestException(ApiError.Invalid($"{name} must be a whole number from {least} to {most}", name));

    /// <summary>What the member's word stands for.</summary>
    /// <param name="otherwise">The word that counts when the member is absent; null when the caller has seen it.</param>
    public static T Word<T>(IQueryCollection query, string name, IReadOnlyList<(string Word, T Meaning)> words, string? otherwise = null)
    {
        string? asked = Of(query, name) ?? otherwise;
        foreach ((string word, T meaning) in words)
        {
            if (word == asked) return meaning;
        }

        throw new InvalidRequestException(ApiError.Invalid($"{name} must be one of: {string.Join(", ", words.Select(static known => known.Word))}", name));
    }

    public static DateTimeOffset? Time(IQueryCollection query, string name) => Of(query, name) is not { } text ? null
        : Times.TryParse(text) ?? throw new InvalidRequestException(ApiError.Invalid($"{name} must be a time such as 2026-11-25T08:00:00Z", name));
}
