using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Client;

/// <summary>Many streams that are open at the same time, each on a connection of its own and of a session of its own.</summary>
internal sealed class Crowd
{
    /// <summary>Enough for an event; a thousand buffers should not be what the machine is busy with.</summary>
    private const int Portion = 4 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Target _target;
    private readonly ClientRequest _request;
    private readonly Task[] _streams;
    private readonly TaskCompletionSource _allStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private int _starting;
    private string? _failure;

    private Crowd(Target target, ClientRequest request, int streams, TimeSpan spread)
    {
        (_target, _request, _starting) = (target, request, streams);
        // Spread evenly, so that their events are, too.
        _streams = [.. Enumerable.Range(0, streams).Select(number => RunAsync(number, spread * number / streams))];
    }

    public Tally Tally { get; } = new();

    /// <summary>Streams that were refused, broke off, or ended with an error.</summary>
    public int Failures { get; private set; }

    /// <summary>Opens the streams one after the other and waits until each had its first event, or failed.</summary>
    public static async Task<Crowd> OpenAsync(Target target, ClientRequest request, int streams, TimeSpan spread)
    {
        Crowd crowd = new(target, request, streams, spread);
        await crowd._allStarted.Task.WaitAsync(Patience + spread);
        return crowd;
    }

    /// <summary>Waits until all streams came to their end.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(_streams).WaitAsync(Patience);
        if (_failure is not null) Console.Error.WriteLine($"{_target.Name}: {Failures} of {_streams.Length} streams failed, the first with: {_failure}");
    }

    private async Task RunAsync(int number, TimeSpan delay)
    {
        await Task.Delay(delay);
        bool isStarted = false;
        try
        {
            using Connection connection = new(Portion);
            await connection.ConnectAsync(_target.Port);
            ReplyReader reply = await connection.ExchangeAsync(_request.Bytes(_target.IsMessages, session: number, turn: 0), Tally, _ => Start());
            if (!reply.IsGood) Fail(reply.Ending);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            Fail(e.Message);
        }
        if (!isStarted) Start();

        void Start()
        {
            isStarted = true;
            if (Interlocked.Decrement(ref _starting) == 0) _allStarted.SetResult();
        }
    }

    private void Fail(string failure)
    {
        lock (_lock)
        {
            Failures++;
            _failure ??= failure;
        }
    }
}
