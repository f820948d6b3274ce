namespace CodexClaudeProxy.ClaudeCode;

/// <summary>One model as Claude Code is told of it.</summary>
/// <param name="Id">What it asks for.</param>
/// <param name="Name">What its list of models shows.</param>
/// <param name="About">Beside the name.</param>
internal sealed record ClientModel(string Id, string Name, string About);

/// <summary>The models Claude Code is to ask for, and what they have in common.</summary>
/// <param name="Main">What a session starts with. Like the others null while the plan's models are not known: then requests name Claude's models, which stand for what there is.</param>
/// <param name="Window">Tokens that fit into the smallest context window of them: Claude Code knows only one number for all.</param>
/// <param name="Output">The longest answer to ask for.</param>
internal sealed record ClientModels(string? Main, ClientModel? Opus, ClientModel? Sonnet, ClientModel? Haiku, ClientModel? Fable, int Window, int Output)
{
    /// <summary>A model of the plan for the list of models, where some of the others are left to Anthropic; else null.</summary>
    public ClientModel? Beside { get; init; }
}

/// <summary>One environment variable for a client.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What it should hold.</param>
/// <param name="Why">One sentence for people.</param>
internal sealed record ClientVariable(string Name, string Value, string Why);

/// <summary>What the owner decides about Claude Code beside its models.</summary>
internal sealed record ClientChoices
{
    public static readonly ClientChoices None = new();

    /// <summary>This proxy judges the tool calls of auto mode (setting <c>autoModeCheck</c>), so Claude Code must ask it.</summary>
    public bool ProxyJudges { get; init; }

    /// <summary>Nothing but what is needed is to be sent, whatever else that costs.</summary>
    public bool DisablesNonessentialTraffic { get; init; }

    /// <summary>
    /// Claude Code keeps its own sign-in at Anthropic, which some models need (setting <c>anthropicModels</c>): no token of ours takes its
    /// place, and the access key goes into a header beside it.
    /// </summary>
    public bool KeepsSignIn { get; init; }

    /// <summary>The headers of the user's own that are set already, a line for each; null for none.</summary>
    public string? Headers { get; init; }

    /// <summary>Sessions start in the mode that asks about each action.</summary>
    public bool AsksPermission { get; init; }

    /// <summary>Settings of other providers are set aside.</summary>
    public bool SetsAside { get; init; }

    /// <summary>Hosts that are reached without a proxy, where one is set; null where none is.</summary>
    public string? NoProxy { get; init; }
}
