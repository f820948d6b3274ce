using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FakeCodex;

/// <summary>One scripted answer. Immutable, so one value may answer many requests.</summary>
public sealed record Reply
{
    internal int Status { get; private init; } = 200;
    internal IReadOnlyList<KeyValuePair<string, string>> Headers { get; private init; } = [];
    internal IReadOnlyList<Step> Steps { get; private init; } = [];
    internal Delivery Delivery { get; private init; } = Delivery.PerEvent;
    internal Gate? Gate { get; private init; }
    internal bool IsStream { get; private init; }

    /// <summary>A recorded stream by name, byte for byte.</summary>
    public static Reply Stream(string fixture) => Sse(Fixtures.Stream(fixture));

    /// <summary>Any bytes, sent as an event stream.</summary>
    public static Reply Sse(ReadOnlyMemory<byte> bytes) => Sse([new Step.Send(bytes)]);

    public static Reply Sse(StreamScript script) => Sse(script.Steps);

    public static Reply Sse(ChatScript script) => Sse(script.Steps);

    /// <summary>A complete plain text answer.</summary>
    public static Reply Text(string text, TokenUsage? usage = null) => Sse(new StreamScript().Text(text).Completed(usage));

    /// <summary>A complete answer that calls these functions, one after the other.</summary>
    public static Reply Calls(params FunctionCall[] calls) => Sse(new StreamScript().Calls(calls).Completed());

    /// <summary>A recorded unary answer by name: status, headers and body.</summary>
    public static Reply Http(string fixture)
    {
        JsonElement answer = Fixtures.Answer(fixture);
        JsonElement body = answer.GetProperty("body");
        return Unary(
            answer.GetProperty("status").GetInt32(),
            body.AsText() ?? JsonReading.ToCompactJson(System.Text.Json.Nodes.JsonNode.Parse(body.GetRawText())!),
            [.. answer.Get("headers").Items().Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetString()!))]);
    }

    public static Reply Json(int status, string json) => Unary(status, json, [KeyValuePair.Create("content-type", "application/json")]);

    public static Reply NotFound() => Json(404, """{"detail":"Not Found"}""");

    public static Reply Html(int status, string html) =>
        Unary(status, html, [KeyValuePair.Create("content-type", "text/html; charset=utf-8")]);

    public static Reply Redirect(string location) => Unary(302, "", [KeyValuePair.Create("location", location)]);

    /// <summary>Closes the connection without any answer.</summary>
    public static Reply Abort() => new() { Steps = [new Step.Abort()] };

    /// <summary>The same answer with one more header; a header of that name is replaced.</summary>
    public Reply With(string name, string value) => this with
    {
        Headers = [.. Headers.Where(header => !IsNamed(header, name)), KeyValuePair.Create(name, value)],
    };

    /// <summary>The same answer with the quota headers of a plan that has a 5-hour and a weekly window.</summary>
    public Reply WithQuota(Quota fiveHours, Quota week, string plan = "plus") => this
        .With("x-codex-active-limit", "codex")
        .With("x-codex-plan-type", plan)
        .With("x-codex-primary-used-percent", Number(fiveHours.UsedPercent))
        .With("x-codex-primary-window-minutes", "300")
        .With("x-codex-primary-reset-at", Number(fiveHours.ResetAt.ToUnixTimeSeconds()))
        .With("x-codex-secondary-used-percent", Number(week.UsedPercent))
        .With("x-codex-secondary-window-minutes", "10080")
        .With("x-codex-secondary-reset-at", Number(week.ResetAt.ToUnixTimeSeconds()));

    internal bool Has(string name) => Headers.Any(header => IsNamed(header, name));

    public Reply Delivered(Delivery delivery) => this with { Delivery = delivery };

    /// <summary>The same answer, which does not even begin before the gate is open.</summary>
    public Reply HeldBy(Gate gate) => this with { Gate = gate };

    /// <summary>All bytes of the body, without waits and aborts.</summary>
    public byte[] BodyBytes() => [.. Steps.OfType<Step.Send>().SelectMany(step => step.Bytes.ToArray())];

    internal static Reply Sse(IReadOnlyList<Step> steps) => new()
    {
        Steps = [.. steps],
        IsStream = true,
        Headers =
        [
            KeyValuePair.Create("content-type", "text/event-stream; charset=utf-8"),
            KeyValuePair.Create("cache-control", "no-cache"),
        ],
    };

    private static Reply Unary(int status, string body, KeyValuePair<string, string>[] headers) => new()
    {
        Status = status,
        Headers = headers,
        Steps = [new Step.Send(Encoding.UTF8.GetBytes(body))],
        Delivery = Delivery.Whole,
    };

    private static bool IsNamed(KeyValuePair<string, string> header, string name) =>
        header.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
