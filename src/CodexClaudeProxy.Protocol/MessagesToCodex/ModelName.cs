namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>Claude Code's names carry a mark of the context window that no backend knows.</summary>
public static class ModelName
{
    private static readonly string[] Markers = ["[1m]", "[200k]"];

    /// <summary>The name without a trailing <c>[1m]</c> or <c>[200k]</c>.</summary>
    public static string Strip(string model)
    {
        foreach (var marker in Markers)
        {
            if (model.EndsWith(marker, StringComparison.OrdinalIgnoreCase)) return model[..^marker.Length].TrimEnd();
        }

        return model;
    }
}
