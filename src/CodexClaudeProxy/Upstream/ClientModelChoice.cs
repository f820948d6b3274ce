using System.Globalization;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// Which models Claude Code should be given: those the lanes stand for now. Under a Claude name it would believe in a window
/// of a million tokens and compact too late; a name it does not know has the window it is told. As long as only the built-in list is
/// known nobody can say what the plan has, and no model is named that the owner has not chosen.
/// </summary>
internal static class ClientModelChoice
{
    private const int LongestAnswer = 64_000;

    /// <param name="wanted">The user's own choice for a lane (<c>default</c>, <c>opus</c>, <c>sonnet</c>, <c>haiku</c>, <c>fable</c>).</param>
    public static ClientModels Choose(ModelCatalogue catalogue, ProxySettings settings, IReadOnlyDictionary<string, string> wanted)
    {
        bool isKnown = catalogue != ModelCatalogue.BuiltIn;
        List<ModelProfile> profiles = [];
        ClientModel? opus = Model("opus");
        ClientModel? sonnet = Model("sonnet");
        ClientModel? haiku = Model("haiku");
        ClientModel? fable = Model("fable");
        string? main = wanted.ContainsKey("default") ? Model("default")!.Id : opus?.Id;
        ClientModel? beside = settings.AnthropicModels.Count == 0 ? null : OfCodex("opus", own: null, "Codex");
        return new ClientModels(main, opus, sonnet, haiku, fable, profiles.Min(profile => profile.ContextWindow), Math.Min(LongestAnswer, profiles.Min(profile => profile.MaxOutput))) { Beside = beside };

        ClientModel? Model(string lane)
        {
            string? own = wanted.GetValueOrDefault(lane);
            // Claude Code knows better than we which version it is.
            if (own is null && ModelRouter.IsLaneLeftToAnthropic(lane, settings.AnthropicModels)) return null;
            string stands = $"Stands for {char.ToUpperInvariant(lane[0])}{lane[1..]}";
            return ModelRouter.IsLeftToAnthropic(own, settings.AnthropicModels) ? new ClientModel(own!, $"{own} (Anthropic)", $"{stands}: {own}") : OfCodex(lane, own, stands);
        }

        ClientModel? OfCodex(string lane, string? own, string stands)
        {
            string asked = own ?? "claude-" + lane;
            stands += ": ";
            Route route = ModelRouter.Resolve(asked, catalogue, settings.ModelMappings, settings.HaikuKiloModel);
            // The gateway serves the lane, so the lane's name must arrive.
            if (route.Kilo is { } kilo) return new ClientModel(own ?? "claude-haiku-4-5", $"{kilo} (Kilo)", stands + "a model of the Kilo gateway");
            profiles.Add(route.Profile);
            if (own is null && !isKnown) return null;
            if (own is not null && route.IsUnknown) return new ClientModel(own, $"{own} (Codex)", stands + own);

            string effort = route.FixedEffort is { } fixedEffort ? $" {fixedEffort.Word()}" : "";
            string id = route.Profile.Slug + effort.Replace(' ', '-') + (route.Fast ? "-fast" : "");
            string name = $"{route.Profile.SpokenName}{effort}{(route.Fast ? " fast" : "")} (Codex)";
            return new ClientModel(own ?? id, name, string.Create(CultureInfo.InvariantCulture, $"{stands}{id}, {route.Profile.ContextWindow / 1000}k tokens of context"));
        }
    }
}
