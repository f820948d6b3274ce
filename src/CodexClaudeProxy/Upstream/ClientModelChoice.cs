using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// Which model names Claude Code should be given: those the lanes stand for now. Under a Claude name it would believe in a window
/// of a million tokens and compact too late; a name it does not know has the window it is told.
/// </summary>
internal static class ClientModelChoice
{
    private const int LongestAnswer = 64_000;

    /// <param name="wanted">The user's own choice for a lane (<c>default</c>, <c>opus</c>, <c>sonnet</c>, <c>haiku</c>, <c>fable</c>).</param>
    public static ClientModels Choose(
        ModelCatalogue catalogue, IReadOnlyList<KeyValuePair<string, string>> mappings, string? haikuKiloModel, IReadOnlyDictionary<string, string> wanted)
    {
        List<ModelProfile> profiles = [];
        string opus = Name("opus");
        string sonnet = Name("sonnet");
        string haiku = Name("haiku");
        string fable = Name("fable");
        string main = wanted.ContainsKey("default") ? Name("default") : opus;
        return new ClientModels(main, opus, sonnet, haiku, fable, profiles.Min(profile => profile.ContextWindow), Math.Min(LongestAnswer, profiles.Min(profile => profile.MaxOutput)));

        string Name(string lane)
        {
            string? own = wanted.GetValueOrDefault(lane);
            string asked = own ?? "claude-" + lane;
            Route route = ModelRouter.Resolve(asked, catalogue, mappings, haikuKiloModel);
            // The gateway serves the lane, so the lane's name must arrive.
            if (route.Kilo is not null) return own ?? "claude-haiku-4-5";
            profiles.Add(route.Profile);
            return own ?? route.Profile.Slug + (route.FixedEffort is { } effort ? "-" + effort.Word() : "") + (route.Fast ? "-fast" : "");
        }
    }
}
