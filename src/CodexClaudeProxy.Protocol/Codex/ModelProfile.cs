namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>What one model can do, read from the backend's catalogue or from the built-in table.</summary>
public sealed record ModelProfile
{
    /// <summary>The bare model name the backend knows, for instance <c>gpt-5.5</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>The name shown to people.</summary>
    public string DisplayName { get => field ?? Slug; init; }

    /// <summary>The name for lists that people choose from: <c>GPT-6.1 Sol</c> for <c>GPT-6.1-Sol</c>.</summary>
    public string SpokenName => DisplayName.StartsWith("gpt-", StringComparison.OrdinalIgnoreCase) ? "GPT-" + DisplayName[4..].Replace('-', ' ') : DisplayName;

    /// <summary>The model is meant for the lite request shape (catalogue flag <c>use_responses_lite</c>).</summary>
    public bool Lite { get; init; }

    /// <summary>Supported efforts; empty when the model does not reason at all.</summary>
    public IReadOnlyList<Effort> Efforts { get; init; } = [Effort.Low, Effort.Medium, Effort.High, Effort.XHigh];

    public Effort DefaultEffort { get; init; } = Effort.Medium;

    /// <summary>The model accepts <c>reasoning.summary</c>.</summary>
    public bool Summaries { get; init; } = true;

    /// <summary>The model accepts <c>text.verbosity</c>; then <see cref="DefaultVerbosity"/> is sent.</summary>
    public bool Verbosity { get; init; }

    public string? DefaultVerbosity { get; init; }

    /// <summary>The model may return several tool calls at once.</summary>
    public bool Parallel { get; init; } = true;

    /// <summary>The model accepts images.</summary>
    public bool Images { get; init; } = true;

    public bool ImageDetailOriginal { get; init; }

    /// <summary>Tokens of input and output together.</summary>
    public int ContextWindow { get; init; } = 272_000;

    /// <summary>What the backend may take beyond <see cref="ContextWindow"/>, where it tells (<c>max_context_window</c>).</summary>
    public int MaxContextWindow { get => Math.Max(field, ContextWindow); init; }

    public int MaxOutput { get; init; } = 128_000;

    /// <summary>The model has the <c>priority</c> ("fast") service tier.</summary>
    public bool PriorityTier { get; init; }

    /// <summary>The model has the cheaper and slower <c>flex</c> service tier.</summary>
    public bool FlexTier { get; init; }

    /// <summary>Assistant messages carry <c>phase</c>; learnt from what the model sent.</summary>
    public bool Phases { get; init; }

    /// <summary>Tokens per 32×32 image patch: 1.2 for current models, 1.62 for older small ones.</summary>
    public double ImageTokenFactor { get; init; } = 1.2;
}
