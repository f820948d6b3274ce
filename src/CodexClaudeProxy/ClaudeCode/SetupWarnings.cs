namespace CodexClaudeProxy.ClaudeCode;

/// <summary>Something in Claude Code's set-up that is in the way.</summary>
/// <param name="Message">What it is.</param>
/// <param name="Fix">The fix of the problem, as text for people.</param>
internal sealed record SetupWarning(string Message, string Fix);

/// <summary>Looks at everything Claude Code reads for what keeps it from working through this proxy, though it seems to be set up.</summary>
internal static class SetupWarnings
{
    private const string Configure = "codex-claude-proxy claude config proxy";
    private const string SetAside = Configure + " --set-aside; codex-claude-proxy claude config restore undoes this";

    /// <param name="address">Of this proxy.</param>
    public static IEnumerable<SetupWarning> Of(EffectiveSettings settings, string address, ClientChoices choices) =>
        [.. Elsewhere(settings, address), .. SignIn(settings, address, choices), .. OtherProviders(settings), .. AutoMode(settings, choices)];

    /// <summary>A file that leads to another address and wins over the user's own.</summary>
    public static IEnumerable<SetupWarning> Elsewhere(EffectiveSettings settings, string address)
    {
        if (settings.Find(ClientEnvironment.BaseUrl) is not ({ } url, { Scope: not "user" } source) || ClaudeSettings.HeadingOf(url, address) == Heading.Here) yield break;
        string where = source.Scope == "managed" ? "Claude Code uses" : "In this folder Claude Code uses";
        yield return new SetupWarning($"{where} {Secrets.Hide(ClientEnvironment.BaseUrl, url)}: this is set in {source.Path}, which takes precedence over your own settings",
            source.Scope == "managed" ? "Ask the administrator of this machine" : $"codex-claude-proxy run overrides it. To remove it: {SetAside}");
    }

    /// <summary>A token that takes the place of Claude Code's own sign-in, though models are left to Anthropic.</summary>
    public static IEnumerable<SetupWarning> SignIn(EffectiveSettings settings, string address, ClientChoices choices)
    {
        bool hides = choices.KeepsSignIn && ClaudeSettings.HeadingOf(settings.Variable(ClientEnvironment.BaseUrl), address) == Heading.Here
            && ClientEnvironment.HidesSignIn(settings.Variable(ClientEnvironment.AuthToken));
        if (!hides) yield break;
        yield return new SetupWarning(
            $"The setting anthropicModels needs Claude Code's own sign-in, but {ClientEnvironment.AuthToken} ({Place(settings, ClientEnvironment.AuthToken)}) takes its place", Configure);
    }

    public static IEnumerable<SetupWarning> OtherProviders(EffectiveSettings settings)
    {
        foreach ((SettingsSource source, SettingsText text) in settings.Files)
        {
            string[] left = [.. Leftovers.In(text).Select(key => key.ToString())];
            if (left.Length == 0) continue;
            yield return new SetupWarning($"{source.Path} contains {Kind(left)}: {string.Join(", ", left)}",
                source.Scope == "managed" ? "Ask the administrator of this machine" : $"To set it aside: {SetAside}");
        }

        string[] shell = [.. Leftovers.InEnvironment(name => settings.Find(name) is ({ } value, null) ? value : null)];
        if (shell.Length > 0) yield return new SetupWarning($"The environment contains {Kind(shell)}: {string.Join(", ", shell)}", "unset " + string.Join(' ', shell));
    }

    /// <summary>Headers may belong to another provider or be the user's own: they only tell that they are sent along.</summary>
    private static string Kind(string[] names) => Array.TrueForAll(names, static name => name.EndsWith(CustomHeaders.Variable, StringComparison.Ordinal)) ? "headers that are sent with every request" : "settings of another provider";

    /// <summary>Set-ups in which auto mode refuses, or never asks who should judge.</summary>
    public static IEnumerable<SetupWarning> AutoMode(EffectiveSettings settings, ClientChoices choices)
    {
        bool judgesItself = settings.Variable(ClientEnvironment.AutoModeServer)?.Trim() == "0";
        if (choices.ProxyJudges && judgesItself)
        {
            yield return new SetupWarning(
                $"The setting autoModeCheck=model and the variable {ClientEnvironment.AutoModeServer}=0 ({Place(settings, ClientEnvironment.AutoModeServer)}) contradict each other: with the variable Claude Code never asks this proxy",
                $"To remove the variable: {Configure}. Or set autoModeCheck to client");
        }

        string[] away = [.. ClientEnvironment.TakeFallbackAway.Where(name => EffectiveSettings.IsOn(settings.Variable(name)))];
        if (choices.ProxyJudges || judgesItself || away.Length == 0) yield break;
        yield return new SetupWarning(
            $"Auto mode cannot work: {string.Join(", ", away.Select(name => $"{name} ({Place(settings, name)})"))} disables Claude Code's own check, and {ClientEnvironment.AutoModeServer}=0, which enables it again, is not set"
                + (away.Contains(ClientEnvironment.NonessentialTraffic) ? ". Earlier versions of this program set it" : ""),
            Configure);
    }

    private static string Place(EffectiveSettings settings, string name) => settings.Find(name)?.Source?.Path ?? "environment";
}
