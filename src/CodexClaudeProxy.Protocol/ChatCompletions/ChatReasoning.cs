using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>How hard the model shall think, in OpenAI's words (<c>reasoning_effort</c>) or the routers' (<c>reasoning</c>).</summary>
internal static class ChatReasoning
{
    public static Effort Resolve(JsonElement root, ModelProfile profile, ConversionOptions options)
    {
        var router = root.Member("reasoning"u8);
        var wanted = Parse(root.Member("reasoning_effort"u8), "reasoning_effort") ?? Parse(router.Member("effort"u8), "reasoning.effort");
        if (profile.Efforts.Count == 0) return Effort.None;
        if (router.Member("enabled"u8).ValueKind == JsonValueKind.False) wanted = Effort.None;
        wanted = options.FixedEffort ?? wanted ?? EffortChoice.OfBudget(router.Member("max_tokens"u8)) ?? profile.DefaultEffort;
        return Efforts.Clamp(wanted.Value, profile.Efforts);
    }

    /// <summary>A summary costs tokens and time, so it is only asked for where the client shows that it knows the dialect.</summary>
    public static ThinkingDisplay Display(JsonElement root, ChatForm form)
    {
        var router = root.Member("reasoning"u8);
        var hides = router.IsTrue("exclude"u8) || router.Member("enabled"u8).ValueKind == JsonValueKind.False || root.Member("include_reasoning"u8).ValueKind == JsonValueKind.False;
        return form.ReasoningDetails && !hides ? ThinkingDisplay.Shown : ThinkingDisplay.Hidden;
    }

    private static Effort? Parse(JsonElement effort, string name)
    {
        if (!effort.Exists()) return null;
        if (effort.IsString() && Efforts.TryParse(effort.GetString(), out var parsed) && parsed <= Effort.Max) return parsed;
        throw ChatRules.Refused(
            $"Invalid value: '{effort}'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.", name, "invalid_value");
    }
}
