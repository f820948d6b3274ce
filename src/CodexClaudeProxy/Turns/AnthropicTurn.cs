using System.Buffers;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Primitives;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// Requests for the models that the owner leaves to Anthropic (setting <c>anthropicModels</c>): they pass through with the client's own
/// credential, byte by byte in both directions. That credential goes to Anthropic only, and is neither kept nor logged; our access key
/// does not go there.
/// </summary>
internal sealed class AnthropicTurn(TurnRecorder recorder, AnthropicClient anthropic, SettingsStore settings, Capacity capacity, string? accessKey, TurnClocks clocks)
{
    private const int CopyBytes = 16 * 1024;
    private const string CountPath = "/v1/messages/count_tokens";
    private const string Reason = "the setting anthropicModels names the model";

    private readonly AccessKey? _key = accessKey is null ? null : new AccessKey(accessKey);

    // The headers of a stream come with its first event; an answer that is not streamed comes when it is whole, for which clients wait ten minutes.
    private readonly TurnClocks _streamed = clocks with { Limits = clocks.Limits with { Headers = clocks.Limits.Headers + clocks.Limits.FirstEvent } };
    private readonly TurnClocks _whole = clocks with { Limits = clocks.Limits with { Headers = 2 * clocks.Limits.Idle } };

    /// <summary>What the request asks for, where its model is left to Anthropic; else null.</summary>
    /// <param name="body">What the client said, unpacked.</param>
    public RequestOutline? Serves(ReadOnlyMemory<byte> body)
    {
        IReadOnlyList<string> patterns = settings.Read().AnthropicModels;
        return patterns.Count > 0 && RequestOutline.Of(body) is var request && ModelRouter.IsLeftToAnthropic(request.Model, patterns) ? request : null;
    }

    /// <param name="received">The body as it came.</param>
    public async Task AnswerAsync(HttpContext http, TurnRecord record, RequestOutline request, ReadOnlyMemory<byte> received)
    {
        record.RequestedModel = record.UpstreamModel = request.Model!;
        record.Streamed = request.Stream;
        record.Lane = record.Account = AnthropicClient.Name;
        record.RouteReason = Reason;
        record.Session = record.ConversationId = http.Request.Headers["X-Claude-Code-Session-Id"].ToString();
        record.Agent = http.Request.Headers["X-Claude-Code-Agent-Id"].ToString();
        recorder.Start(record);
        if (Admission.RefuseModel(http, request.Model!, request.Model!) is { } refusal)
        {
            await Corridor.RefuseAsync(http, record, refusal);
            return;
        }

        if (!capacity.TryEnter())
        {
            await Corridor.RefuseAsync(http, record, LocalErrors.NoRoom);
            return;
        }

        try
        {
            await PassAsync(http, record, "/v1/messages", request.Stream, received);
        }
        finally
        {
            capacity.Leave();
        }
    }

    /// <summary>Counts are on no record, as those we make ourselves.</summary>
    public Task CountAsync(HttpContext http, RequestOutline request, ReadOnlyMemory<byte> received) =>
        Admission.RefuseModel(http, request.Model!, request.Model!) is { } refusal ? ErrorReply.WriteAsync(http, refusal) : PassAsync(http, new TurnRecord(clocks.Time) { RequestId = http.TraceIdentifier, Path = CountPath }, CountPath, isStream: false, received);

    private async Task PassAsync(HttpContext http, TurnRecord record, string path, bool isStream, ReadOnlyMemory<byte> received)
    {
        KeyValuePair<string, StringValues>[] headers = [.. AnthropicClient.EndToEnd(http.Request.Headers).Select(ForAnthropic).Where(static header => header.Value.Count > 0)];
        if (!headers.Any(static header => IsCredential(header.Key)))
        {
            await Corridor.RefuseAsync(http, record, AnthropicErrors.NoCredential);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, clocks.DrainEnding);
        using CallClock clock = (isStream ? _streamed : _whole).ForCall(end.Token);
        TimeSpan start = record.Elapsed;
        ApiError? failure = await TryAsync(http, record, () => anthropic.PassAsync(path, http.Request.QueryString, headers, received, clock.Uploaded, clock.Call.Token), clock);
        record.Error ??= failure;
        record.Attempts.Add(new AttemptRecord(AnthropicClient.Name, Reason, record.Error?.Message, null, start, record.Elapsed - start));
        if (failure is null) return;
        // What has begun is Anthropic's: a closed connection says that the rest is missing.
        if (http.Response.HasStarted) http.Abort();
        else await ErrorReply.WriteAsync(http, failure);
    }

    /// <returns>What the client must still be told, or null.</returns>
    private async Task<ApiError?> TryAsync(HttpContext http, TurnRecord record, Func<Task<HttpResponseMessage>> send, CallClock clock)
    {
        CancellationToken clientGone = http.RequestAborted;
        try
        {
            record.NoteSent();
            // What has begun to come has the rest of the drain; what has not is told of the end.
            using CancellationTokenRegistration unbegun = clocks.UnbegunEnding.Register(static call => ((CancellationTokenSource)call!).Cancel(), clock.Call);
            using HttpResponseMessage response = await send();
            await unbegun.DisposeAsync();
            clock.Answered();
            record.Headers = record.Elapsed;
            if ((int)response.StatusCode is >= 300 and < 400) return AnthropicErrors.Redirected;
            if ((int)response.StatusCode is < 200 or > 599) return AnthropicErrors.Odd((int)response.StatusCode);
            // Nobody knows which of two lengths counts (RFC 9110, 8.6).
            if (response.Content.Headers.NonValidated.TryGetValues("content-length", out var lengths) && lengths.Count > 1) return AnthropicErrors.Broken;
            await CopyAsync(http, record, response, clock);
            return null;
        }
        catch (OperationCanceledException) when (!clientGone.IsCancellationRequested)
        {
            bool stops = clocks.DrainEnding.IsCancellationRequested || (clocks.UnbegunEnding.IsCancellationRequested && record.Headers is null);
            return stops ? LocalErrors.ShuttingDown : AnthropicErrors.Silent;
        }
        catch (HttpRequestException e) when (record.Headers is null && !clientGone.IsCancellationRequested)
        {
            return AnthropicErrors.Unreachable(Relay.Unreachable(e).Text);
        }
        catch (Exception e) when (e is IOException or HttpRequestException && !clientGone.IsCancellationRequested)
        {
            return AnthropicErrors.Broken;
        }
    }

    /// <summary>Every byte goes on as soon as it is here; what is looked at on the way is for the record only.</summary>
    private static async Task CopyAsync(HttpContext http, TurnRecord record, HttpResponseMessage from, CallClock clock)
    {
        CancellationToken call = clock.Call.Token;
        HttpResponse to = http.Response;
        to.StatusCode = (int)from.StatusCode;
        AnthropicClient.CopyHeaders(from, to.Headers);
        await to.Body.FlushAsync(call);
        // Whatever follows, a response of these is complete with its headers.
        if (to.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent) return;

        await using var look = new AnthropicAnswer(record, from.Content.Headers);
        if (look.IsPacked && to.Body is CapturingStream capturing) capturing.IsSilent = true;
        await using Stream body = await from.Content.ReadAsStreamAsync(call);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (true)
            {
                clock.AwaitMore();
                int count = await body.ReadAsync(buffer, call);
                clock.Answered();
                if (count == 0) break;
                record.FirstEvent ??= record.Elapsed;
                await to.Body.WriteAsync(buffer.AsMemory(0, count), call);
                await look.ReadAsync(buffer.AsMemory(0, count), call);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await look.CompleteAsync();
        record.Error = from.IsSuccessStatusCode ? look.Failure : AnthropicErrors.Of((int)from.StatusCode);
    }

    /// <summary>The header without what is for us; with no value when that was all.</summary>
    private KeyValuePair<string, StringValues> ForAnthropic(KeyValuePair<string, StringValues> header) => header.Key.Equals(AccessKey.Header, StringComparison.OrdinalIgnoreCase)
        ? KeyValuePair.Create(header.Key, StringValues.Empty)
        : KeyValuePair.Create(header.Key, new StringValues([.. header.Value.Select(value => WithoutOurs(value ?? "", IsCredential(header.Key))).OfType<string>()]));

    /// <summary>One of the values; without the parts that are ours, as clients and reverse proxies join several lines of a header with commas. Null when nothing remains.</summary>
    private string? WithoutOurs(string value, bool isCredential)
    {
        string[] parts = value.Split(',');
        string[] kept = [.. parts.Where(part => !IsOurs(part.Trim()) && !(isCredential && Secrets.IsPlaceholder(AccessKey.TokenIn(part.Trim()) ?? part.Trim())))];
        return kept.Length == parts.Length ? value : kept.Length == 0 ? null : string.Join(',', kept).Trim();
    }

    /// <summary>The owner's key, or what has the form of a client's: also one that has been revoked was ours.</summary>
    private bool IsOurs(string part) => _key?.IsIn(part) == true || KeyText.IsForClient(AccessKey.TokenIn(part) ?? part);

    private static bool IsCredential(string name) => name.Equals("x-api-key", StringComparison.OrdinalIgnoreCase) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase);
}
