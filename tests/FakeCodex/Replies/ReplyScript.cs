using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>Decides the answer to a request: first what was queued, then the handler.</summary>
public sealed class ReplyScript
{
    private readonly ConcurrentQueue<Func<ReceivedRequest, Reply>> _queue = new();
    private Func<ReceivedRequest, Reply> _otherwise;

    internal ReplyScript(Func<ReceivedRequest, Reply> otherwise) => _otherwise = otherwise;

    /// <summary>Queues answers, each for one request.</summary>
    public void Enqueue(params ReadOnlySpan<Reply> replies)
    {
        foreach (Reply reply in replies) _queue.Enqueue(_ => reply);
    }

    /// <summary>Queues an answer that is made from the request it answers.</summary>
    public void Enqueue(Func<ReceivedRequest, Reply> reply) => _queue.Enqueue(reply);

    /// <summary>Answers every request for which nothing is queued.</summary>
    public void Otherwise(Func<ReceivedRequest, Reply> reply) => Volatile.Write(ref _otherwise, reply);

    internal Reply Next(ReceivedRequest request)
    {
        try
        {
            return _queue.TryDequeue(out Func<ReceivedRequest, Reply>? queued) ? queued(request) : Volatile.Read(ref _otherwise)(request);
        }
        catch (Exception e)
        {
            // A failed assertion in a test's delegate must not look like a fault of the server.
            return Reply.Json(500, new JsonObject { ["detail"] = $"The script of the test failed: {e.Message}" }.ToCompactJson());
        }
    }
}
