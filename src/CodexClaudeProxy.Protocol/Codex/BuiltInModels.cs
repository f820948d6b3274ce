namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>
/// The catalogue shipped with Codex 0.169.0, for the time before the backend has told us its own, followed by
/// older names. Those are hidden: they may be retired, but a request that names one still gets the right profile.
/// </summary>
internal static class BuiltInModels
{
    private static readonly Effort[] UpToXHigh = [Effort.Low, Effort.Medium, Effort.High, Effort.XHigh];
    private static readonly Effort[] UpToMax = [.. UpToXHigh, Effort.Max];

    public static IEnumerable<CatalogueModel> All =>
    [
        Current("gpt-6.1-sol", "GPT-6.1-Sol", 1, Effort.Low),
        Current("gpt-6-astra", "GPT-6-Astra", 2, Effort.Low),
        Current("gpt-6-sol", "GPT-6-Sol", 3, Effort.Medium),
        Current("gpt-6-luna", "GPT-6-Luna", 4, Effort.Medium),
        Current("gpt-5.6-sol", "GPT-5.6-Sol", 5, Effort.Low),
        Current("gpt-6.1-terra", "GPT-6.1 Terra", 7, Effort.Low, window: 500_000),
        Current("gpt-5.6-terra", "GPT-5.6-Terra", 8, Effort.Medium),
        Current("gpt-5.6-luna", "GPT-5.6-Luna", 9, Effort.Medium),
        Full("gpt-5.5", "GPT-5.5", 13),
        Hidden(Current("codex-auto-review", "Codex Auto Review", 43, Effort.Medium)),
        Hidden(Current("gpt-daybreak-blue-latest", "GPT Daybreak Blue", 50, Effort.Low, fast: false)),
        Hidden(Current("gpt-daybreak-red-latest", "GPT Daybreak Red", 51, Effort.Medium, window: 372_000, fast: false, most: 372_000)),

        Hidden(Full("gpt-5.4", "GPT-5.4", 60, most: 1_000_000)),
        Hidden(Full("gpt-5.4-mini", "GPT-5.4 Mini", 61)),
        Hidden(Full("gpt-5.3-codex-spark", "GPT-5.3-Codex-Spark", 62, window: 128_000, images: false)),
        Hidden(Full("gpt-5.3-codex", "GPT-5.3-Codex", 63)),
        Hidden(Full("gpt-5.2-codex", "GPT-5.2-Codex", 64)),
        Hidden(Full("gpt-5.2", "GPT-5.2", 65)),
        Hidden(Full("gpt-5.1-codex-max", "GPT-5.1-Codex-Max", 66)),
        Hidden(Full("gpt-5.1-codex", "GPT-5.1-Codex", 67)),
        Hidden(Full("gpt-5.1-codex-mini", "GPT-5.1-Codex-Mini", 68)),
        Hidden(Full("gpt-5.1", "GPT-5.1", 69)),
    ];

    /// <summary>Older small models cut an image into dearer patches.</summary>
    public static double ImageTokenFactor(string slug) =>
        slug.EndsWith("-mini", StringComparison.OrdinalIgnoreCase) || slug.EndsWith("-nano", StringComparison.OrdinalIgnoreCase) ? 1.62 : 1.2;

    private static CatalogueModel Current(string slug, string name, int priority, Effort effort, int window = 272_000, bool fast = true, int most = 872_000) =>
        new(new ModelProfile
        {
            Slug = slug,
            DisplayName = name,
            Lite = true,
            Efforts = UpToMax,
            DefaultEffort = effort,
            Verbosity = true,
            DefaultVerbosity = "low",
            ImageDetailOriginal = true,
            ContextWindow = window,
            MaxContextWindow = most,
            PriorityTier = fast,
        })
        { Priority = priority };

    private static CatalogueModel Full(string slug, string name, int priority, int window = 272_000, bool images = true, int most = 0) =>
        new(new ModelProfile
        {
            Slug = slug,
            DisplayName = name,
            Efforts = UpToXHigh,
            Verbosity = true,
            DefaultVerbosity = "low",
            Images = images,
            ContextWindow = window,
            MaxContextWindow = Math.Max(window, most),
            PriorityTier = slug == "gpt-5.5",
            ImageDetailOriginal = slug == "gpt-5.5",
            ImageTokenFactor = ImageTokenFactor(slug),
        })
        { Priority = priority };

    private static CatalogueModel Hidden(CatalogueModel model) => model with { Listed = false };
}
