using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>
/// One upstream failure, whichever of its three ways it came: an HTTP status, a <c>response.failed</c> or an <c>error</c> event
/// inside a 200, or a broken connection. There is one classifier for all of them.
/// </summary>
public sealed partial record CodexFailure(CodexFailureKind Kind, string? Text = null)
{
    /// <summary>The HTTP status, or 200 for a failure inside the stream, or 0 without a response.</summary>
    public int Status { get; init; }

    public string? Code { get; init; }

    public string? Param { get; init; }

    public string? PlanType { get; init; }

    /// <summary>How long to wait, where the backend said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>When a used-up limit is free again.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>
    /// A refusal that reasoning of earlier turns may have caused, in one of the many wordings for that. Only where the request holds
    /// some is it worth another try without.
    /// </summary>
    public bool MayMeanReasoning =>
        Kind is CodexFailureKind.InvalidRequest or CodexFailureKind.ModelNotFound or CodexFailureKind.UnsupportedParameter &&
        Text is { } text && Param?.StartsWith("include", StringComparison.Ordinal) != true && !FailureClassifier.Has(text, "include") &&
        ReasoningWords.Any(word => FailureClassifier.Has(text, word));

    private static readonly string[] ReasoningWords =
        ["encrypted", "decrypt", "reasoning item", "reasoning content", "type 'reasoning'", "'reasoning' item", "'rs_", "\"rs_", "thinking block", "signature", "Unsupported content type"];

    /// <summary>
    /// A refusal of a body that could not be read, as it comes from a server in between that does not decompress it. Only where the body was
    /// compressed is it worth another try without.
    /// </summary>
    public bool MayMeanCompression =>
        Status == 415 || Kind == CodexFailureKind.InvalidRequest && Status is 400 or 422 && Text is { } text && FailureClassifier.SaysUnreadable(text);

    /// <summary>The account or its workspace is closed, so waiting does not help.</summary>
    public bool IsDeactivation => Kind == CodexFailureKind.Deactivated || Code == FailureClassifier.DeactivatedWorkspace;

    public FailureBlame Blame => Kind switch
    {
        CodexFailureKind.UsageLimit or CodexFailureKind.QuotaSpent or CodexFailureKind.PlanExcludesCodex => FailureBlame.Quota,
        CodexFailureKind.Unauthorized or CodexFailureKind.SignInNeeded or CodexFailureKind.Deactivated or CodexFailureKind.Forbidden => FailureBlame.Login,
        CodexFailureKind.RateLimited or CodexFailureKind.Overloaded or CodexFailureKind.ServerError or CodexFailureKind.TimedOut
            or CodexFailureKind.Unreachable or CodexFailureKind.AccountProxy or CodexFailureKind.StreamEnded or CodexFailureKind.Silent or CodexFailureKind.Unavailable or CodexFailureKind.EdgeBlocked or CodexFailureKind.Cancelled
            or CodexFailureKind.InvalidToolArguments => FailureBlame.Passing,
        _ => FailureBlame.Request,
    };

    public static readonly CodexFailure EndedEarly = new(CodexFailureKind.StreamEnded, "Upstream stream ended before the response was complete");

    /// <summary>The answer stopped coming. The client has waited long enough already, so this is told and not tried again.</summary>
    public static CodexFailure Silent(TimeSpan idle) =>
        new(CodexFailureKind.Silent, string.Create(CultureInfo.InvariantCulture, $"Upstream produced no data for {idle.TotalSeconds:0} seconds"));

    /// <summary>The backend said that it is alive, and nothing else.</summary>
    public static CodexFailure OnlyAlive(TimeSpan idle) =>
        new(CodexFailureKind.Silent, string.Create(CultureInfo.InvariantCulture, $"Upstream produced nothing but keep-alives for {idle.TotalSeconds:0} seconds"));

    /// <summary>A failed HTTP response.</summary>
    public static CodexFailure FromResponse(int status, Func<string, string?> header, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (body.IsEmpty && header("x-error-json") is { Length: > 0 } encoded) body = DecodeBase64(encoded);
        var error = UpstreamErrorBody.Parse(body, status);
        // The backend itself refuses in JSON; what stands in front of it answers with a page, a line of text or nothing.
        if (status == 403 && (!error.IsJson || header("cf-mitigated") is not null))
            return new(CodexFailureKind.EdgeBlocked, "Upstream edge protection blocked the request") { Status = status };
        if (status == 404 && !error.IsJson) return new(CodexFailureKind.ServerError, "An edge server in front of upstream responded with 404") { Status = status };
        return Build(error, status, now, RetryWait.FromHeaders(header, now));
    }

    /// <summary>A <c>response.failed</c> or <c>error</c> event inside a stream that began with 200.</summary>
    public static CodexFailure FromEvent(ReadOnlyMemory<byte> json, DateTimeOffset now) =>
        Build(UpstreamErrorBody.Parse(json, 200), 200, now, null);

    /// <summary>A code or the name of a member, as it may be written down; null for anything longer or freer.</summary>
    public static string? AsWord(string? text) => text is not null && Word().IsMatch(text) ? text : null;

    private static CodexFailure Build(UpstreamErrorBody error, int status, DateTimeOffset now, TimeSpan? headerWait)
    {
        var kind = FailureClassifier.KindOf(error, status);
        // What the backend says in its body about this very limit is truer than a generic header.
        TimeSpan? bodyWait = error.ResetsInSeconds is { } seconds && double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e8))
            : error.ResetsAt is { } at and > 0 and < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(at) - now
            : RetryWait.FromText(error.Message);
        var wait = headerWait ?? bodyWait;
        if (wait < TimeSpan.Zero) wait = TimeSpan.Zero;
        return new CodexFailure(kind, error.Message)
        {
            Status = status,
            Code = error.Code ?? error.Type,
            Param = error.Param,
            PlanType = error.PlanType,
            RetryAfter = wait,
            ResetsAt = kind == CodexFailureKind.UsageLimit && (bodyWait ?? headerWait) is { } until ? now + until : null,
        };
    }

    private static ReadOnlyMemory<byte> DecodeBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes.AsMemory(0, length) : default;
    }

    [GeneratedRegex(@"^[\w.\[\]-]{1,64}\z", RegexOptions.None, matchTimeoutMilliseconds: 200)]
    private static partial Regex Word();
}
