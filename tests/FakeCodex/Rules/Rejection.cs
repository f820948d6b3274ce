using System.Text.Json;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>The answer to a request that breaks a rule, in one of the two body families of the backend.</summary>
public sealed class Rejection
{
    private Rejection(int status, JsonObject body)
    {
        Status = status;
        Body = body.ToCompactJson();
    }

    public int Status { get; }

    public string Body { get; }

    public override string ToString() => $"{Status} {Body}";

    internal Reply ToReply() => Reply.Json(Status, Body);

    /// <summary>The gateway's own checks: <c>{"detail":"…"}</c>.</summary>
    internal static Rejection Detail(int status, string detail) => new(status, new() { ["detail"] = detail });

    /// <summary>The model API's checks: <c>{"error":{"message","type","param","code"}}</c>.</summary>
    internal static Rejection Error(string message, string? param, string? code, int status = 400) => new(status, new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["param"] = param, ["code"] = code },
    });

    internal static Rejection Unauthorized(string message, string code) => new(401, new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["code"] = code, ["param"] = null },
        ["status"] = 401,
    });

    internal static Rejection Missing(string path) =>
        Error($"Missing required parameter: '{path}'.", path, "missing_required_parameter");

    internal static Rejection Unknown(string path) =>
        Error($"Unknown parameter: '{path}'.", path, "unknown_parameter");

    internal static Rejection WrongType(string path, string expected, JsonElement actual) =>
        Error($"Invalid type for '{path}': expected {expected}, but got {Describe(actual)} instead.", path, "invalid_type");

    internal static Rejection WrongValue(string path, string? value, IEnumerable<string> supported) =>
        Error($"Invalid value: '{value}'. Supported values are: {Sentence(supported)}.", path, "invalid_value");

    internal static Rejection TooLong(string path, int limit, int length) => Error(
        $"Invalid '{path}': string too long. Expected a string with maximum length {limit}, but got a string with length {length} instead.",
        path, "string_above_max_length");

    internal static Rejection NotAName(string path) => Error(
        $"Invalid '{path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
        path, "invalid_value");

    internal static Rejection Empty(string path) => Error(
        $"Invalid '{path}': string too short. Expected a string with minimum length 1, but got an empty string instead.",
        path, "string_below_min_length");

    /// <summary>The words of a list as the model API writes them: <c>'a', 'b', and 'c'</c>.</summary>
    internal static string Sentence(IEnumerable<string> words)
    {
        string[] quoted = [.. words.Select(word => $"'{word}'")];
        return quoted.Length switch
        {
            0 => "",
            1 => quoted[0],
            2 => $"{quoted[0]} and {quoted[1]}",
            _ => string.Join(", ", quoted[..^1]) + ", and " + quoted[^1],
        };
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}
