using System.IO.Enumeration;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Upstream;

/// <summary>Where a request goes.</summary>
/// <param name="FixedEffort">An effort named by the model string; wins over what the request says.</param>
/// <param name="Fast">The model string asked for the priority tier.</param>
/// <param name="Lane">What the name stands for: <c>opus</c>, <c>sonnet</c>, <c>haiku</c>, <c>fable</c>, or <c>exact</c>, <c>unknown</c>, <c>side</c>.</param>
/// <param name="Why">One sentence for the log and the dashboard.</param>
internal sealed record Route(ModelProfile Profile, Effort? FixedEffort, bool Fast, string Lane, string Why)
{
    /// <summary>The name is in no list; the backend has the last word on it.</summary>
    public bool IsUnknown => Lane == ModelRouter.Unknown;

    /// <summary>The model of the Kilo gateway that serves this lane instead of Codex, or null.</summary>
    public string? Kilo { get; init; }
}

/// <summary>
/// Turns the model string of a request into a model of the catalogue, unless the model is left to Anthropic. In this order:
/// <list type="number">
/// <item>the user's own mapping, exact names before patterns with <c>*</c>;</item>
/// <item>a model of the catalogue, as it is or behind <c>anthropic/</c>, <c>openai/</c>, <c>claude-codex-</c>, <c>claude-</c>;</item>
/// <item>the same with an effort (<c>-high</c>, <c>:high</c>, <c>(high)</c>), <c>-fast</c> or a date at its end;</item>
/// <item>a Claude family by whole word, see <see cref="Lanes"/>;</item>
/// <item>anything else goes to the backend as it is.</item>
/// </list>
/// </summary>
internal static partial class ModelRouter
{
    public const string Exact = "exact";
    public const string Unknown = "unknown";
    public const string Side = "side";

    /// <summary>A client's model string without the marker for the wanted window.</summary>
    public static string Bare(string requested) => ContextMarker().Replace(requested.Trim(), "");

    /// <summary>Whether Anthropic serves the model: then nothing below is asked, not even the user's mapping.</summary>
    /// <param name="patterns">The owner's, see <see cref="ModelPatterns"/>.</param>
    public static bool IsLeftToAnthropic(string? requested, IReadOnlyList<string> patterns) =>
        patterns.Count > 0 && requested?.Trim() is { Length: > 0 } name && ModelPatterns.Match(patterns, Bare(name));

    /// <summary>The same for what Claude Code calls <c>opus</c>, <c>sonnet</c> and so on, whichever version that is.</summary>
    public static bool IsLaneLeftToAnthropic(string lane, IReadOnlyList<string> patterns) =>
        IsLeftToAnthropic($"claude-{lane}-5", patterns) || patterns.Any(pattern => pattern.StartsWith($"claude-{lane}", StringComparison.OrdinalIgnoreCase));

    /// <param name="requested">The client's model string.</param>
    /// <param name="mappings">The user's own choices, name or pattern to target. A target is not mapped again.</param>
    /// <param name="haikuKiloModel">The gateway's model that serves the haiku lane, where the user has chosen one.</param>
    /// <exception cref="InvalidRequestException">There is no model string.</exception>
    public static Route Resolve(string? requested, ModelCatalogue catalogue, IReadOnlyList<KeyValuePair<string, string>> mappings, string? haikuKiloModel = null)
    {
        Route route = ResolveOnCodex(requested, catalogue, mappings);
        return route.Lane == Lanes.Haiku && haikuKiloModel is not null
            ? route with { Kilo = haikuKiloModel, Why = $"haiku is served by Kilo's {haikuKiloModel}" }
            : route;
    }

    /// <summary>
    /// Where a request beside the conversation goes: to the small Codex model at the lowest effort it has, whatever model the client
    /// names. Never to the gateway, also where haiku was given to it: such a request holds what was said and done.
    /// </summary>
    public static Route Small(ModelCatalogue catalogue, SideCall call)
    {
        ModelProfile profile = Lanes.SmallModel(catalogue);
        string what = call switch { SideCall.Title => "a title", SideCall.Classifier => "a request of the client's classifier", _ => "a check of tool calls" };
        return new Route(profile, Effort.None, Fast: false, Side, $"{what} goes to the small model {profile.Slug}, at its lowest effort");
    }

    private static Route ResolveOnCodex(string? requested, ModelCatalogue catalogue, IReadOnlyList<KeyValuePair<string, string>> mappings)
    {
        string name = requested?.Trim() ?? "";
        if (name.Length == 0) throw new InvalidRequestException(ApiError.Invalid("model: Field required", "model"));

        string bare = ContextMarker().Replace(name, "");
        if (Mapped(name, bare, mappings) is not { } mapping) return Resolve(bare, catalogue);

        Route route = Resolve(ContextMarker().Replace(mapping.Value.Trim(), ""), catalogue);
        return route with { Why = $"'{mapping.Key}' is mapped to '{mapping.Value}': {route.Why}" };
    }

    private static Route Resolve(string name, ModelCatalogue catalogue)
    {
        string core = VendorPrefix().Replace(name, "");
        if (Known(core, catalogue) is { } exact) return new Route(exact, null, false, Exact, $"{exact.Slug} is in the model list");

        // Names with something at their end. Peeled one by one, because one model's suffix is another's name: gpt-5.1-codex-max.
        var ending = new ModelEnding(core);
        while (ending.TryPeel())
        {
            if (Known(ending.Rest, catalogue) is { } known)
                return new Route(known, ending.Effort, ending.Fast, Exact, $"{known.Slug} is in the model list, with {ending.Text}");
        }

        if (Lanes.Find(ending.Rest, catalogue) is { } lane)
            return new Route(lane.Profile, ending.Effort, ending.Fast, lane.Name, lane.Why);

        // Of an unknown name only what cannot be part of a name is taken off.
        ending = new ModelEnding(core);
        while (ending.TryPeel(onlyCertain: true)) { }
        return new Route(new ModelProfile { Slug = ending.Rest }, ending.Effort, false, Unknown, $"{ending.Rest} is not in the model list; it is sent upstream as it is");
    }

    private static KeyValuePair<string, string>? Mapped(string name, string bare, IReadOnlyList<KeyValuePair<string, string>> mappings)
    {
        foreach (var mapping in mappings)
        {
            if (Is(mapping.Key, name) || Is(mapping.Key, bare)) return mapping;
        }

        foreach (var mapping in mappings)
        {
            if (mapping.Key.Contains('*') && FileSystemName.MatchesSimpleExpression(mapping.Key, bare)) return mapping;
        }

        return null;
    }

    private static bool Is(string key, string name) => key.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Also older names the backend no longer lists, because a request that names one means it.</summary>
    private static ModelProfile? Known(string name, ModelCatalogue catalogue)
    {
        string alias = name.StartsWith("claude-", StringComparison.OrdinalIgnoreCase) ? name["claude-".Length..] : name;
        return (catalogue.Find(name) ?? catalogue.Find(alias) ?? ModelCatalogue.BuiltIn.Find(alias))?.Profile;
    }

    /// <summary>Claude Code's own marker for the wanted window, which the backend does not know.</summary>
    [GeneratedRegex(@"\s*\[\d+[km]\]$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ContextMarker();

    [GeneratedRegex("^(?:anthropic/|openai/|codex/)?(?:claude-codex-|claude-(?=gpt-))?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VendorPrefix();
}
