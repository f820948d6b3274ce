using System.IO.Pipelines;
using System.Text;
using CodexClaudeProxy.Benchmarks;
using FakeCodex;

namespace CodexClaudeProxy.Load.Backend;

/// <summary>How the deltas of an answer follow each other.</summary>
internal enum Pace
{
    /// <summary>Each in a write of its own, as fast as they are taken, and then the end.</summary>
    Burst,

    /// <summary>One after each interval, each in a write of its own, over and over until the script is finished.</summary>
    Steady,

    /// <summary>Each once, and then silence until the script is finished.</summary>
    Held,
}

/// <summary>The answer that every request gets: a complete stream of the Responses API, made once and then only copied.</summary>
internal sealed class Script
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pace _pace;
    private readonly TimeSpan _interval;
    private readonly byte[] _opening;
    private readonly byte[][] _deltas;
    private readonly byte[] _ending;

    public Script(Pace pace, int deltas, TimeSpan interval)
    {
        (_pace, _interval) = (pace, interval);
        string[] words = Samples.Text("prose", 8_000).Split(' ');
        // A time where it will be written; otherwise the mark alone, so that a delta is not much longer than a token.
        string stamp = pace == Pace.Steady ? Stamp.Blank : "@";
        string[] texts = [.. Enumerable.Range(0, deltas).Select(number => $"{stamp}{words[number % words.Length]} ")];
        string stream = Encoding.UTF8.GetString(Reply.Sse(new StreamScript().Text(texts, static (_, _) => { }).Completed()).BodyBytes());
        string[] events = [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static text => text + "\n\n")];
        int first = Array.FindIndex(events, static text => text.Contains(".delta\n", StringComparison.Ordinal));

        _opening = Encoding.UTF8.GetBytes(string.Concat(events[..first]));
        _deltas = [.. events[first..(first + deltas)].Select(Encoding.UTF8.GetBytes)];
        _ending = Encoding.UTF8.GetBytes(string.Concat(events[(first + deltas)..]));
    }

    /// <summary>Lets all answers come to their end.</summary>
    public void Finish() => _finished.TrySetResult();

    public async Task PlayAsync(PipeWriter body, CancellationToken clientGone)
    {
        await body.WriteAsync(_opening, clientGone);
        if (_pace == Pace.Steady)
        {
            await KeepPaceAsync(body, clientGone);
        }
        else
        {
            foreach (byte[] delta in _deltas) await body.WriteAsync(delta, clientGone);
            if (_pace == Pace.Held) await _finished.Task.WaitAsync(clientGone);
        }
        await body.WriteAsync(_ending, clientGone);
    }

    private async Task KeepPaceAsync(PipeWriter body, CancellationToken clientGone)
    {
        using PeriodicTimer timer = new(_interval);
        for (int i = 0; !_finished.Task.IsCompleted; i++)
        {
            Write(body, _deltas[i % _deltas.Length]);
            await body.FlushAsync(clientGone);
            await timer.WaitForNextTickAsync(clientGone);
        }
    }

    private static void Write(PipeWriter body, byte[] delta)
    {
        Span<byte> target = body.GetSpan(delta.Length);
        delta.CopyTo(target);
        Stamp.Write(target[delta.AsSpan().IndexOf(Stamp.Mark)..]);
        body.Advance(delta.Length);
    }
}
