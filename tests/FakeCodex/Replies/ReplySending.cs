namespace FakeCodex;

internal static class ReplySending
{
    /// <summary>Answers a request and notes on it how that ended.</summary>
    public static async Task AnswerAsync(this ReceivedRequest request, Reply reply, HttpContext http)
    {
        RequestEnd end = await reply.SendAsync(http);
        request.End(end);
        // An abort would throw away what the socket has not sent yet. An exception makes Kestrel send all of it, and then close
        // the connection in the middle of the body.
        if (end == RequestEnd.Aborted && http.Response.HasStarted) throw new ScriptedCutException();
    }

    /// <summary>Plays the answer and says how it ended; a client that leaves is noticed also while the script waits.</summary>
    public static async Task<RequestEnd> SendAsync(this Reply reply, HttpContext http)
    {
        CancellationToken clientGone = http.RequestAborted;
        try
        {
            if (reply.Gate is { } gate) await gate.PassAsync(clientGone);
            return await PlayAsync(reply, http, clientGone);
        }
        catch (Exception e) when (clientGone.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            return RequestEnd.ClientLeft;
        }
    }

    private static async Task<RequestEnd> PlayAsync(Reply reply, HttpContext http, CancellationToken clientGone)
    {
        // An answer that starts with a cut has no status line either.
        if (reply.Steps is not [Step.Abort, ..]) await StartAsync(reply, http, clientGone);

        foreach (Step step in reply.Steps)
        {
            switch (step)
            {
                case Step.Send send:
                    await WriteAsync(http.Response, reply.Delivery, send.Bytes, clientGone);
                    break;
                case Step.Hold hold:
                    await hold.Gate.PassAsync(clientGone);
                    break;
                case Step.Pause pause:
                    await Task.Delay(pause.Time, clientGone);
                    break;
                case Step.Abort:
                    if (!http.Response.HasStarted) http.Abort();
                    return RequestEnd.Aborted;
            }
        }
        await http.Response.CompleteAsync();
        return clientGone.IsCancellationRequested ? RequestEnd.ClientLeft : RequestEnd.Answered;
    }

    private static async Task StartAsync(Reply reply, HttpContext http, CancellationToken clientGone)
    {
        http.Response.StatusCode = reply.Status;
        foreach ((string name, string value) in reply.Headers) http.Response.Headers[name] = value;
        if (!reply.IsStream) http.Response.ContentLength = reply.Steps.OfType<Step.Send>().Sum(step => step.Bytes.Length);
        // The real backend sends the headers of a stream long before its first event.
        else await http.Response.StartAsync(clientGone);
    }

    private static async Task WriteAsync(HttpResponse response, Delivery delivery, ReadOnlyMemory<byte> bytes, CancellationToken clientGone)
    {
        foreach (ReadOnlyMemory<byte> piece in delivery.Cut(bytes))
        {
            await response.BodyWriter.WriteAsync(piece, clientGone);
            clientGone.ThrowIfCancellationRequested();
        }
    }

    private sealed class ScriptedCutException : Exception;
}
