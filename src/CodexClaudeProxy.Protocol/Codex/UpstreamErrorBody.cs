using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>
/// The members of an upstream error, wherever they were hidden: <c>{"error":{…}}</c>, <c>{"response":{"error":{…}}}</c>,
/// <c>{"detail":"…"}</c>, <c>{"detail":[{"loc":[…],"msg":"…"}]}</c>, a flat object, plain text or an HTML page.
/// </summary>
internal sealed record UpstreamErrorBody
{
    public string? Code { get; private init; }

    public string? Type { get; private init; }

    public string? Message { get; private init; }

    public string? Param { get; private init; }

    public string? PlanType { get; private init; }

    public double? ResetsInSeconds { get; private init; }

    public long? ResetsAt { get; private init; }

    /// <summary>The backend's own voice: what stands in front of it answers with pages and lines of text.</summary>
    public bool IsJson { get; private init; }

    public static UpstreamErrorBody Parse(ReadOnlyMemory<byte> body, int status)
    {
        var start = body.Span.TrimStart(" \t\r\n\uFEFF"u8);
        if (start.StartsWith("<"u8)) return new() { Message = $"Upstream returned an HTML page (status {status})" };
        if (start.IsEmpty) return new();

        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replace(body[^start.Length..]), JsonDepth.Document);
            return FromRoot(document.RootElement) with { IsJson = true };
        }
        catch (JsonException)
        {
            return new() { Message = System.Text.Encoding.UTF8.GetString(start).Trim() };
        }
    }

    private static UpstreamErrorBody FromRoot(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.String) return new() { Message = root.GetString() };
        if (root.ValueKind != JsonValueKind.Object) return new();

        if (Child(root, "response") is { ValueKind: JsonValueKind.Object } response)
        {
            if (Child(response, "error") is { ValueKind: JsonValueKind.Object } inner) return FromObject(inner);
            if (Child(root, "error") is not { ValueKind: JsonValueKind.Object }) return FromRoot(response);
        }

        if (Child(root, "error") is { } error)
        {
            if (error.ValueKind == JsonValueKind.Object) return FromObject(error);
            // The OAuth style: {"error":"invalid_grant","error_description":"…"}.
            if (error.ValueKind == JsonValueKind.String) return new() { Code = error.GetString(), Message = Text(root, "error_description") ?? error.GetString() };
        }

        return Child(root, "detail") switch
        {
            { ValueKind: JsonValueKind.String } text => new() { Message = text.GetString() },
            { ValueKind: JsonValueKind.Object } detail => FromObject(detail),
            { ValueKind: JsonValueKind.Array } list => new() { Message = string.Join("; ", list.EnumerateArray().Select(ValidationText)) },
            _ => FromObject(root),
        };
    }

    private static UpstreamErrorBody FromObject(JsonElement error) => new()
    {
        Code = Text(error, "code"),
        Type = Text(error, "type") is { } type && type != "error" ? type : null,
        Message = Text(error, "message"),
        Param = Text(error, "param"),
        PlanType = Text(error, "plan_type"),
        ResetsInSeconds = Child(error, "resets_in_seconds") is { ValueKind: JsonValueKind.Number } seconds ? seconds.GetDouble() : null,
        ResetsAt = Child(error, "resets_at") is { ValueKind: JsonValueKind.Number } at && at.TryGetDouble(out var unix) ? (long)unix : null,
    };

    private static string ValidationText(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object) return entry.ToString();
        var place = Child(entry, "loc") is { ValueKind: JsonValueKind.Array } loc ? string.Join('.', loc.EnumerateArray()) : "";
        var message = Text(entry, "msg") ?? "invalid";
        return place.Length > 0 ? $"{place}: {message}" : message;
    }

    private static JsonElement? Child(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement parent, string name) =>
        Child(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
