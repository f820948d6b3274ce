using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.CodexToMessages;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Tools;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Turns.Requests;

namespace CodexClaudeProxy.Turns.Streaming;

/// <summary>Answers the calls a model makes of its advisor in one turn, while the client sees signs of life.</summary>
internal sealed class Advisor(Turn turn, Relay relay, SideQuestion ask, SideOrigin origin, TimeProvider time)
{
    /// <summary>Shorter than the silence after which a backend is given up, so that the model is told what happened.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(4);

    /// <summary>A model that asks on and on would never finish its turn.</summary>
    private const int MostRefusals = 2;

    private int _uses;
    private int _refusals;

    /// <summary>The model keeps asking, although it was told that it may not any more.</summary>
    public bool IsInsisted => _refusals >= MostRefusals;

    public async Task AnswerAsync(TurnConverter paused, CancellationToken cancellation)
    {
        while (paused.TryOpenAdvice())
        {
            await turn.Answer.SendAsync(relay.Limits, cancellation);
            paused.Advise(await AskAsync(paused, cancellation));
            await turn.Answer.SendAsync(relay.Limits, cancellation);
        }
    }

    private async Task<Advice> AskAsync(TurnConverter paused, CancellationToken cancellation)
    {
        AdvisorFacts facts = turn.Preparation.Context.Advisor!;
        if (_uses >= facts.MaxUses)
        {
            _refusals++;
            return Advice.Failed("max_uses_exceeded");
        }

        _uses++;
        using var question = new PooledBuffer();
        AdvisorTool.WriteRequest(turn.Preparation.Received, turn.Preparation.Settings.AdvisorModel!, facts, paused.Said, question);
        using var limit = new CancellationTokenSource(LongestWait, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        Task<SideReply> asking = ask(SideCall.Advisor, question.WrittenMemory, origin, end.Token);
        try
        {
            return AdviceOf(await relay.WhileShowingLifeAsync(asking, end.Token));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return Advice.Failed("execution_time_exceeded");
        }
        finally
        {
            // It reads the question: it must be over before the memory is given back.
            await end.CancelAsync();
            await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Advice AdviceOf(SideReply reply)
    {
        if (reply.Error is { } error) return Advice.Failed(CodeOf(error));
        string text = string.Join("\n\n", reply.Texts);
        return text.Length > 0 ? Advice.Of(text, reply.StopReason, reply.Usage) : Advice.Failed("unavailable");
    }

    private static string CodeOf(ApiError error) => error.Type switch
    {
        ApiErrorType.RateLimit => "too_many_requests",
        ApiErrorType.Overloaded => "overloaded",
        ApiErrorType.NotFound => "model_not_found",
        ApiErrorType.Timeout => "execution_time_exceeded",
        ApiErrorType.RequestTooLarge => "prompt_too_long",
        ApiErrorType.InvalidRequest when error.Message.StartsWith("prompt is too long", StringComparison.OrdinalIgnoreCase) => "prompt_too_long",
        _ => "unavailable",
    };
}
