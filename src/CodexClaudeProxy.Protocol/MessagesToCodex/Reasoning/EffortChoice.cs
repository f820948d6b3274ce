using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

/// <summary>How hard the model shall think and how much of it the client wants to see.</summary>
internal static class EffortChoice
{
    /// <summary>The effort to send; <see cref="Effort.None"/> also for a model that does not reason.</summary>
    /// <param name="system">The effort of the last system message that carries one, and where that stands.</param>
    public static Effort Resolve(JsonElement root, (JsonElement Effort, int Message) system, ModelProfile profile, ConversionOptions options)
    {
        var requested = Parse(root.Member("output_config"u8).Member("effort"u8), "output_config");
        var systems = Parse(system.Effort, $"messages.{system.Message}.output_config");
        if (profile.Efforts.Count == 0) return Effort.None;

        var thinking = root.Member("thinking"u8);
        var wanted = options.FixedEffort ?? systems ?? (Is(thinking, "disabled"u8) ? Effort.None : requested ?? FromBudget(thinking));
        return Efforts.Clamp(wanted ?? profile.DefaultEffort, profile.Efforts);
    }

    public static ThinkingDisplay Display(JsonElement root)
    {
        var thinking = root.Member("thinking"u8);
        if (!Is(thinking, "enabled"u8) && !Is(thinking, "adaptive"u8) && !Is(thinking, "between_tools"u8)) return ThinkingDisplay.Hidden;
        return RawText.Of(thinking.Member("display"u8)).SequenceEqual("omitted"u8) ? ThinkingDisplay.Omitted : ThinkingDisplay.Shown;
    }

    /// <summary>Writes the member <c>reasoning</c>; nothing for a model that does not reason.</summary>
    public static void Write(Conversion conversion, ThinkingDisplay display, Utf8JsonWriter writer)
    {
        var profile = conversion.Profile;
        if (profile.Efforts.Count == 0 || conversion.Refuses("reasoning")) return;
        writer.WriteStartObject("reasoning"u8);
        if (!conversion.Refuses("reasoning.effort")) writer.WriteString("effort"u8, conversion.Effort.Word());
        // A summary nobody sees costs tokens and time.
        if (display == ThinkingDisplay.Shown && profile.Summaries && !conversion.Refuses("reasoning.summary")) writer.WriteString("summary"u8, "auto"u8);
        if (conversion.Lite && !conversion.Refuses("reasoning.context")) writer.WriteString("context"u8, "all_turns"u8);
        writer.WriteEndObject();
    }

    /// <summary>What a number of thinking tokens stands for; null for anything that is no number.</summary>
    // 4 000, 10 000 and 31 999 are the budgets of Claude Code's three thinking keywords.
    public static Effort? OfBudget(JsonElement budget)
    {
        if (budget.ValueKind != JsonValueKind.Number || !budget.TryGetDouble(out var tokens)) return null;
        return tokens switch { < 4_000 => Effort.Low, < 10_000 => Effort.Medium, < 32_000 => Effort.High, _ => Effort.XHigh };
    }

    private static Effort? FromBudget(JsonElement thinking)
    {
        if (!Is(thinking, "enabled"u8)) return null;
        return OfBudget(thinking.Member("budget_tokens"u8));
    }

    private static Effort? Parse(JsonElement effort, string path)
    {
        if (!effort.Exists()) return null;
        if (effort.IsString() && Efforts.TryParse(effort.GetString(), out var parsed) && parsed is >= Effort.Low and <= Effort.Max) return parsed;
        throw new InvalidRequestException($"{path}.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
    }

    private static bool Is(JsonElement thinking, ReadOnlySpan<byte> type) => RawText.Of(thinking.Member("type"u8)).SequenceEqual(type);
}
