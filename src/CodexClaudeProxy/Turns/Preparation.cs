using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// One request made ready for the backend, again for each account and after each lesson: only then is it known whose
/// encrypted reasoning may go along, and what the model does not take.
/// </summary>
/// <param name="received">The request's own bytes.</param>
internal sealed class Preparation(TurnConversion convert, ReadOnlyMemory<byte> received, Route route, Lessons lessons) : IDisposable
{
    /// <summary>Without encrypted reasoning in it, signed by us or bare, the request is the same for every account.</summary>
    private readonly bool _carriesReasoning = received.Span.IndexOf("\"cx1."u8) >= 0 || received.Span.IndexOf("\"gAAAA"u8) >= 0;

    private readonly PooledBuffer _body = new();
    private readonly PooledBuffer _searchBody = new();
    private TurnContext? _context;
    private ConversionOptions? _made;
    private Task<int> _estimate = Task.FromResult(0);

    public Route Route => route;

    /// <summary>Headers of the client that the backend shall see.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; set; } = [];

    public TurnContext Context => _context ?? throw new InvalidOperationException("Nothing was prepared yet.");

    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    /// <summary>How a request that is nothing but a search asks for just that; null where a protocol has none.</summary>
    public SearchConversion? Search { get; set; }

    /// <summary>What the request searches the web for when it is nothing but a search; then <see cref="SearchBody"/> asks for just that.</summary>
    public string? SearchQuery { get; private set; }

    public ReadOnlyMemory<byte> SearchBody => _searchBody.WrittenMemory;

    /// <summary>Leave all encrypted reasoning out.</summary>
    public bool WithoutReasoning { get; set; }

    /// <summary>Converts for one account. Does nothing when the last conversion serves this account as well.</summary>
    /// <returns>Why the request cannot be carried, or null.</returns>
    public async ValueTask<ApiError?> MakeAsync(string accountId)
    {
        ModelProfile profile = lessons.Apply(route.Profile);
        ConversionOptions options = new()
        {
            AccountMark = Reasoning.MarkOf(accountId),
            FixedEffort = route.FixedEffort,
            FixedFast = route.Fast,
            Lite = lessons.LaneOf(profile.Slug),
            WithoutReasoning = WithoutReasoning,
            Refused = lessons.RefusedMembers(profile.Slug),
            IsRejectedReasoning = hash => lessons.IsRejected(accountId, hash),
        };
        if (_made is { } made && Serves(made, options))
        {
            // Nothing of the request belongs to an account, but the answer's reasoning will.
            Context.AccountMark = options.AccountMark;
            return null;
        }

        await _estimate;
        _body.Clear();
        if (!convert(profile, options, _body, out _context, out ApiError? error)) return error;

        _made = options;
        _searchBody.Clear();
        SearchQuery = Search?.Invoke(_context!, options, _searchBody);
        // Counted while the backend is already at work.
        ReadOnlyMemory<byte> body = Body;
        _estimate = Task.Run(() => InputEstimate.Count(body.Span, profile.ImageTokenFactor));
        return null;
    }

    /// <summary>Puts the count into the context; needed before the first event is written and before any word about the size.</summary>
    public async ValueTask CountAsync()
    {
        int estimate = await _estimate;
        if (_context is { } context) context.InputEstimate = estimate;
    }

    public void Dispose()
    {
        _searchBody.Dispose();
        // The count reads the body: it must be over before the memory is given back.
        if (_estimate.IsCompleted) _body.Dispose();
        else _ = _estimate.ContinueWith(_ => _body.Dispose(), TaskScheduler.Default);
    }

    private bool Serves(ConversionOptions made, ConversionOptions wanted) =>
        (made.AccountMark == wanted.AccountMark || !_carriesReasoning)
        && made.Lite == wanted.Lite
        && made.WithoutReasoning == wanted.WithoutReasoning
        && made.Refused.SetEquals(wanted.Refused);
}
