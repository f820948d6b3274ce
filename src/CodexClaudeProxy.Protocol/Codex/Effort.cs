namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>How hard a model thinks, in ascending order. <see cref="Ultra"/> is a client-side level that is never valid on the wire.</summary>
public enum Effort
{
    None,
    Minimal,
    Low,
    Medium,
    High,
    XHigh,
    Max,
    Ultra,
}

/// <summary>The wire words of <see cref="Effort"/> and the clamping rule.</summary>
public static class Efforts
{
    /// <summary>The lower-case word used by the Responses API, the catalogue and the clients.</summary>
    public static string Word(this Effort effort) => effort switch
    {
        Effort.None => "none",
        Effort.Minimal => "minimal",
        Effort.Low => "low",
        Effort.Medium => "medium",
        Effort.High => "high",
        Effort.XHigh => "xhigh",
        Effort.Max => "max",
        _ => "ultra",
    };

    /// <summary>Reads a wire word; false for anything else, also for another case of the letters.</summary>
    public static bool TryParse(string? word, out Effort effort)
    {
        for (effort = Effort.None; effort <= Effort.Ultra; effort++)
        {
            if (effort.Word() == word) return true;
        }

        effort = Effort.None;
        return false;
    }

    /// <summary>The wanted effort if the model has it, else the highest it has below, else its lowest. <see cref="Effort.Ultra"/> is never chosen.</summary>
    public static Effort Clamp(Effort wanted, IReadOnlyList<Effort> available)
    {
        Effort? below = null;
        Effort? lowest = null;
        foreach (var candidate in available)
        {
            if (candidate == Effort.Ultra) continue;
            if (candidate == wanted) return candidate;
            if (candidate < wanted && (below is null || candidate > below)) below = candidate;
            if (lowest is null || candidate < lowest) lowest = candidate;
        }

        return below ?? lowest ?? wanted;
    }
}
