using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Protocol.Messages;

namespace CodexClaudeProxy.Turns.Record;

/// <summary>Puts on record how every turn ended, whatever way that was: in the request log, the log, and with what was said while that is captured.</summary>
internal sealed class TurnRecorder(RequestLog requests, Captures captures, TimeProvider time, ILogger log)
{
    /// <summary>Runs one request and records how it ended.</summary>
    public async Task RecordAsync(HttpContext http, string path, Func<TurnRecord, Task> run)
    {
        TurnRecord record = Begin(http.TraceIdentifier, path, http.Request.Headers.UserAgent);
        if (http.Features.Get<ClientKey>() is { } key) record.Key = KeyName.Of(key.Id, key.Name);
        Stream client = http.Response.Body;
        if (captures.Begin(record.RequestId) is { } capture)
        {
            record.Capture = capture;
            http.Response.Body = new CapturingStream(client, capture);
        }

        try
        {
            await run(record);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            record.ClientLeft = true;
        }
        catch (Exception e)
        {
            record.ClientLeft = http.RequestAborted.IsCancellationRequested;
            record.Error ??= LocalErrors.Of(e);
            throw;
        }
        finally
        {
            if (record.Capture is { } captured)
            {
                http.Response.Body = client;
                captures.Keep(captured);
            }

            Finish(record, http.Response.HasStarted ? http.Response.StatusCode : record.ClientLeft ? null : record.Error?.Status ?? http.Response.StatusCode);
        }
    }

    /// <summary>A turn that has no request of a client's begins. It ends with <see cref="Finish"/>.</summary>
    public TurnRecord Begin(string requestId, string path, string? userAgent)
    {
        requests.Enter();
        return new TurnRecord(time) { RequestId = requestId, Path = path, UserAgent = userAgent };
    }

    /// <summary>The request was read: whoever watches the log sees that it runs.</summary>
    public void Start(TurnRecord record) =>
        requests.Start(new StartedRequest(record.RequestId, record.Received, record.Path, record.RequestedModel, record.UserAgent, record.Streamed));

    /// <param name="status">What the client was answered with; null for nothing.</param>
    public void Finish(TurnRecord record, int? status)
    {
        record.Total = record.Elapsed;
        record.Status = status;
        requests.Finish(TurnSummary.Of(record, time.GetUtcNow()));
        Report(record);
    }

    private void Report(TurnRecord record)
    {
        if (record.ClientLeft)
        {
            Log.ClientLeft(log, record.RequestId, record.RequestedModel);
        }
        else if (record.Error is { } error)
        {
            Log.Failed(log, record.RequestId, record.RequestedModel, error.Status, AnthropicError.Word(error.Type));
        }
        else if (record.End is { } end)
        {
            Log.Answered(log, record.RequestId, record.RequestedModel, record.UpstreamModel, record.Account ?? "nobody", end.Reason.ToString(),
                end.Usage.FreshInput, end.Usage.CacheRead, end.Usage.Output, (long)record.Total.TotalMilliseconds);
        }
    }
}
