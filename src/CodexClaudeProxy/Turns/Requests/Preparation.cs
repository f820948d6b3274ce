using System.Text;
using CodexClaudeProxy.Images;
using CodexClaudeProxy.Protocol.AutoMode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Protocol.Turn;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns.Requests;

/// <summary>
/// One request made ready for the backend, again for each account and after each lesson: only then is it known whose
/// encrypted reasoning may go along, and what the model does not take.
/// </summary>
/// <param name="received">The request's own bytes.</param>
/// <param name="settings">As they were when the turn began.</param>
internal sealed class Preparation(
    TurnConversion convert, ReadOnlyMemory<byte> received, Route route, ProxySettings settings,
    Lessons lessons, ReasoningMemory reasoning, ConversationImages images, KiloClient kilo, InputAnchors anchors, TextCounts counts) : IDisposable
{
    /// <summary>A body up to this size is counted sooner than another thread would have begun with it.</summary>
    private const int CountedAtOnce = 4 * 1024;

    /// <summary>Without encrypted reasoning in it the request is the same for every account.</summary>
    private readonly RequestMarks _marks = RequestMarks.Of(received.Span);

    /// <summary>How far the count must lie above the window: what stands around the texts may be counted some per cent too high.</summary>
    private const double Margin = 1.15;

    /// <summary>Less than this is not worth giving back before the end.</summary>
    private const int Worthwhile = 16 * 1024;

    private readonly ConvertedBody _body = new();
    private readonly PooledBuffer _searchBody = new();

    /// <summary>The images of this request that were fetched, or could not be, by their addresses: tried once, however often the request is converted.</summary>
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _images = [];

    private TurnContext? _context;
    private ModelProfile? _searching;
    private ConversionOptions? _made;
    private ModelProfile? _madeFor;
    private Task<int> _estimate = Task.FromResult(0);

    /// <summary>Whether what was sent holds reasoning, once that can no longer be seen in the body.</summary>
    private bool? _carriedReasoning;

    /// <summary>Some of its reasoning is remembered, whichever account's.</summary>
    private bool _recallsReasoning;

    public Route Route => route;

    public ProxySettings Settings => settings;

    public ReadOnlyMemory<byte> Received => received;

    /// <summary>The directory the client works in, by its last name; null when it does not tell.</summary>
    public string? Project => _marks.Project;

    /// <summary>The gateway's model that serves the turn, or null when Codex does.</summary>
    public string? Kilo { get; set; } = route.Kilo;

    /// <summary>The lane that is being tried because the backend refused the request in the first one.</summary>
    public bool? OtherLane { get; set; }

    /// <summary>Takes over when the turn's own model cannot carry the search the client wants.</summary>
    public ModelProfile? SearchModel { get; set; }

    /// <summary>Headers of the client that the backend shall see.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; set; } = [];

    public TurnContext Context => _context ?? throw new InvalidOperationException("Nothing was prepared yet.");

    /// <summary>The converted request; empty once it was given back.</summary>
    public ReadOnlyMemory<byte> Body => _body.Plain;

    public int BodyLength => _body.Length;

    /// <summary>How a request that is nothing but a search asks for just that; null where a protocol has none.</summary>
    public SearchConversion? Search { get; set; }

    /// <summary>What the answer's tool calls can be judged by; null where nothing of the kind is wanted.</summary>
    public Func<CheckInput?>? CheckInput { get; set; }

    /// <summary>What the request searches the web for when it is nothing but a search; then <see cref="SearchBody"/> asks for just that.</summary>
    public string? SearchQuery { get; private set; }

    public ReadOnlyMemory<byte> SearchBody => _searchBody.WrittenMemory;

    /// <summary>Gives the request's memory back; null where somebody else needs it.</summary>
    public Action? Forget { get; set; }

    /// <summary>The last attempt has handed the whole body to the connection, which does not look at it again.</summary>
    public bool IsUploaded { get; set; }

    /// <summary>The host that the last attempt sent the body to in compressed form; null when it was sent plain.</summary>
    public string? CompressedFor { get; set; }

    /// <summary>The host that did not accept the compressed body, and is sent the plain one.</summary>
    public string? PlainFor { get; set; }

    /// <summary>Leave all encrypted reasoning out.</summary>
    public bool WithoutReasoning { get; set; }

    /// <summary>What was sent last holds reasoning of earlier turns.</summary>
    public bool CarriesReasoning => !WithoutReasoning && (_carriedReasoning ?? Context.ReasoningHashes.Count > 0 || Body.Span.IndexOf("\"encrypted_content\""u8) >= 0);

    /// <summary>
    /// Converts for one account, and fetches the images that shall travel along. Does nothing when the last conversion serves this
    /// account as well.
    /// </summary>
    /// <returns>Why the request cannot be carried, or null.</returns>
    public async ValueTask<ApiError?> MakeAsync(string accountId, CancellationToken cancellation)
    {
        ModelProfile profile = Profile();
        ConversionOptions options = OptionsFor(profile, accountId);
        if (_made is { } made && _madeFor == profile && Serves(made, options))
        {
            // Nothing of the request belongs to an account, but the answer's reasoning will.
            Context.AccountMark = options.AccountMark;
            return null;
        }

        await _estimate;
        _recallsReasoning = false;
        _carriedReasoning = null;
        if (!convert(profile, options, _body.Begin(received.Length), out _context, out ApiError? error)) return error;

        if (await ChangeAsync(profile, cancellation)) return await MakeAsync(accountId, cancellation);

        _recallsReasoning |= _context!.RecallsReasoning;
        (_made, _madeFor) = (options, profile);
        if (_context.LosesReasoning && reasoning.IsOn) _context.KeepReasoning = Keep;
        _searchBody.Clear();
        SearchQuery = Search?.Invoke(_context, options, _searchBody);
        // Counted while the backend is already at work, unless it had to be done before.
        ReadOnlyMemory<byte> body = Body;
        _estimate = _context.InputEstimate is > 0 and int counted ? Task.FromResult(counted)
            : body.Length <= CountedAtOnce && O200k.IsReady ? Task.FromResult(InputEstimate.Count(body.Span, profile.ImageTokenFactor, counts))
            : Task.Run(() => InputEstimate.Count(body.Span, profile.ImageTokenFactor, counts), CancellationToken.None);
        return null;
    }

    /// <summary>What the conversion found out may ask for another one: on another upstream, with another model, or with images that were fetched.</summary>
    private async ValueTask<bool> ChangeAsync(ModelProfile profile, CancellationToken cancellation)
    {
        // A search is nothing the gateway could do.
        if (Kilo is not null && _context!.WebSearch is not null)
        {
            Kilo = null;
            return true;
        }

        if (_context!.LacksSearch && SearchModel is { } other && other.Slug != profile.Slug)
        {
            (_searching, OtherLane) = (other, null);
            return true;
        }

        if (_context.RemoteImages.Where(url => !_images.ContainsKey(url)).ToArray() is not { Length: > 0 } missing) return false;
        await images.GetAsync(_context.ConversationId, missing, _images, cancellation);
        return true;
    }

    private ConversionOptions OptionsFor(ModelProfile profile, string accountId)
    {
        string accountMark = ReasoningSignature.MarkOf(accountId);
        return new ConversionOptions
        {
            AccountMark = accountMark,
            FixedEffort = route.FixedEffort,
            FixedFast = route.Fast,
            Lite = Lane(profile),
            Search = settings.Search,
            SearchHistoryAsText = settings.SearchHistoryAsText || Kilo is not null,
            ImageUrls = settings.ImageUrls,
            FetchedImage = url => _images.GetValueOrDefault(url),
            EmulatePrefill = settings.EmulatePrefill,
            StrictServerTools = settings.StrictServerTools,
            Advisor = settings.AdvisorModel is not null && Kilo is null,
            ClearToolUses = settings.ClearToolUses,
            JudgeCalls = CheckInput is not null && settings.AutoModeCheck == AutoModeJudge.Model,
            Counts = counts,
            WithoutReasoning = WithoutReasoning,
            Refused = lessons.RefusedMembers(profile.Slug),
            ReducedSchemas = lessons.ReducedSchemas,
            IsRejectedReasoning = hash => lessons.IsRejected(accountId, hash),
            RecallReasoning = reasoning.IsEmpty ? null : (conversation, call) => Recall(conversation, call, accountMark),
        };
    }

    /// <summary>Puts the count into the context; needed before the first event is written and before any word about the size.</summary>
    public async ValueTask CountAsync()
    {
        if (_context is { } context) context.InputEstimate = anchors.Adjust(context.PromptCacheKey, context.Profile.Slug, await _estimate);
    }

    /// <summary>
    /// The request is certainly longer than anything the model takes, by our own count. One that could still be taken is never
    /// refused here: an unknown model's window is a guess, an estimate needs a margin, and what other turns taught is left out.
    /// </summary>
    public async ValueTask<bool> IsTooLongAsync()
    {
        TurnContext context = Context;
        int window = context.Profile.MaxContextWindow;
        // Text has about four bytes to a token: below two nothing is worth the wait for the count.
        if (route.IsUnknown || Kilo is not null || BodyLength < 2L * window) return false;

        return await _estimate > window * Margin && InputEstimate.CountAtLeast(Body.Span, counts) > window * Margin;
    }

    /// <summary>The turn's true size is known now.</summary>
    public void Learn(TurnUsage usage)
    {
        // A search or an advisor adds to the input while the model is at work.
        if (usage.IsEstimate || usage.WebSearches > 0 || usage.Iterations is not null || !_estimate.IsCompletedSuccessfully) return;
        anchors.Learn(Context.PromptCacheKey, Context.Profile.Slug, _estimate.Result, usage.FreshInput + usage.CacheRead + usage.CacheWritten);
    }

    /// <summary>The body compressed; the same bytes whenever the same body is asked for.</summary>
    public ReadOnlyMemory<byte> Compress(ZstdEncoder encoder, CancellationToken cancellation) => _body.Compressed(encoder, cancellation);

    /// <summary>The backend has taken the compressed body: it is enough for whatever may still need the plain one.</summary>
    public async ValueTask KeepCompressedAsync()
    {
        await _estimate;
        _carriedReasoning = CarriesReasoning;
        _body.Fold();
    }

    /// <summary>
    /// The client has a part of the answer that no other attempt could go on with. What only another one would need is given back: the
    /// body that was sent, and the request itself unless the answer still asks about it.
    /// </summary>
    public void Settle()
    {
        if (!IsUploaded || Context.Advisor is not null || received.Length + BodyLength < Worthwhile) return;
        _carriedReasoning = CarriesReasoning;
        // It was counted before the first event was written.
        if (_estimate.IsCompleted) _body.Dispose();
        if (Forget is not { } forget || Context.JudgeCalls || Context.KeepResponse is not null) return;
        Context.LeaveRequest();
        forget();
    }

    public void Dispose()
    {
        _searchBody.Dispose();
        // The count reads the body: it must be over before the memory is given back.
        if (_estimate.IsCompleted) _body.Dispose();
        else _ = _estimate.ContinueWith(_ => _body.Dispose(), TaskScheduler.Default);
    }

    private IReadOnlyList<KeptReasoning> Recall(string conversation, string call, string accountMark)
    {
        IReadOnlyList<KeptReasoning>? known = reasoning.Recall(conversation, call, accountMark, IsInRequest);
        _recallsReasoning |= known is not null;
        return known ?? [];
    }

    private bool IsInRequest(string id) => received.Span.IndexOf(Encoding.UTF8.GetBytes($"\"{id}\"")) >= 0;

    private void Keep(string call, IReadOnlyList<KeptReasoning> items) => reasoning.Keep(Context.ConversationId, call, Context.AccountMark, items);

    private ModelProfile Profile()
    {
        if (Kilo is { } model) return KiloProfile(model);
        ModelProfile profile = lessons.Apply(_searching ?? route.Profile);
        return settings.DefaultEffort is { } effort ? profile with { DefaultEffort = effort } : profile;
    }

    /// <summary>Which shape to send; null leaves it to the model's flag and to what the request needs.</summary>
    private bool? Lane(ModelProfile profile) => OtherLane ?? settings.Lane switch
    {
        LaneChoice.Full => false,
        LaneChoice.Lite => lessons.LaneOf(profile.Slug),
        _ => lessons.LaneOf(profile.Slug) ?? false,
    };

    /// <summary>What a chat model takes: no effort, no summaries, the full shape.</summary>
    private ModelProfile KiloProfile(string model)
    {
        var profile = new ModelProfile { Slug = model, Efforts = [], Summaries = false };
        return kilo.Known(model) is { ContextLength: > 0 } known ? profile with { ContextWindow = known.ContextLength } : profile;
    }

    private bool Serves(ConversionOptions made, ConversionOptions wanted) =>
        (made.AccountMark == wanted.AccountMark || !(_marks.CarriesReasoning || _recallsReasoning))
        && made.Lite == wanted.Lite
        && made.WithoutReasoning == wanted.WithoutReasoning
        && made.ReducedSchemas == wanted.ReducedSchemas
        && made.Refused.SetEquals(wanted.Refused);
}
