namespace FakeCodex;

/// <summary>All requests of one fake in the order of their arrival; safe to read while more arrive.</summary>
public sealed class RequestLog
{
    private readonly Lock _gate = new();

    // _gate guards both fields below.
    private readonly List<ReceivedRequest> _requests = [];
    private TaskCompletionSource _grown = NewSignal();

    public IReadOnlyList<ReceivedRequest> All
    {
        get
        {
            lock (_gate) return [.. _requests];
        }
    }

    /// <summary>Waits for the request with this number, counted from 1.</summary>
    public Task<ReceivedRequest> WaitAsync(int number, CancellationToken cancellationToken = default) =>
        WaitAsync(_ => true, number, cancellationToken);

    /// <summary>Waits for the n-th request (counted from 1) that matches.</summary>
    public async Task<ReceivedRequest> WaitAsync(
        Func<ReceivedRequest, bool> matches, int number = 1, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                ReceivedRequest? found = _requests.Where(matches).ElementAtOrDefault(number - 1);
                if (found is not null) return found;
                grown = _grown.Task;
            }
            await grown.WaitAsync(cancellationToken);
        }
    }

    internal void Add(ReceivedRequest request)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            _requests.Add(request);
            grown = _grown;
            _grown = NewSignal();
        }
        grown.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
