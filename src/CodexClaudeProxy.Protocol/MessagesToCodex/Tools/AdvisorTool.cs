using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Tools;

/// <summary>Anthropic's advisor tool, which its server carries out: here a function without arguments that we answer ourselves.</summary>
public static class AdvisorTool
{
    /// <summary>Every use sends the whole conversation once more.</summary>
    private const int DefaultUses = 3;

    private const string Parameters = """{"type":"object","properties":{},"additionalProperties":false}""";

    private const string Description =
        "Asks a second model, the advisor, for advice. It takes no arguments: the advisor reads the whole conversation so far, with all calls and " +
        "their results. Ask it before you commit to an approach, when you are stuck, and before you say that a long task is done; not for small steps.";

    private const string Instructions =
        "You are the advisor of another model, which does the work in the conversation you are shown and has stopped to ask you. What is said to the " +
        "assistant there is said to that model. Do not continue its work, do not speak to the user, and call no tools. Say what matters most for its " +
        "next steps: what it has overlooked or got wrong, which approach to take, what to verify. Be concrete and brief.";

    private const string Question = "Advise the model that works on this: what should it do next, and what should it watch out for?";

    internal static bool IsAdvisor(string type) => type.StartsWith("advisor_", StringComparison.Ordinal);

    internal static Tool Function(JsonElement tool) => new("advisor", tool) { Parameters = Parameters, Description = Description };

    internal static AdvisorFacts Facts(JsonElement tool, int index) =>
        new(tool.Text("model"u8) ?? "", Number(tool, "max_uses"u8, index) ?? DefaultUses, Number(tool, "max_tokens"u8, index));

    /// <summary>
    /// Writes the Messages request for the advisor: the conversation with what the model has said in this turn, without tools, and the
    /// question at its end.
    /// </summary>
    /// <param name="request">The client's request.</param>
    /// <param name="model">The advisor's model.</param>
    /// <param name="said">What the model has said in this turn, the inside of a JSON string.</param>
    public static void WriteRequest(ReadOnlyMemory<byte> request, string model, AdvisorFacts facts, ReadOnlySpan<byte> said, PooledBuffer to)
    {
        using var document = JsonDocument.Parse(LoneSurrogates.Replace(request), JsonDepth.Document);
        var root = document.RootElement;
        using var writer = new Utf8JsonWriter(to, WireJson.Options);
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        writer.WriteNumber("max_tokens"u8, facts.MaxTokens ?? int.MaxValue);
        writer.WriteStartArray("system"u8);
        WriteSystem(root.Member("system"u8), writer);
        WriteText(Instructions, writer);
        writer.WriteEndArray();
        writer.WriteStartArray("messages"u8);
        foreach (var message in root.GetProperty("messages"u8).EnumerateArray()) message.WriteTo(writer);
        if (!said.IsEmpty)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, "assistant"u8);
            writer.WritePropertyName("content"u8);
            writer.WriteRawValue([(byte)'"', .. said, (byte)'"'], skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        writer.WriteString("content"u8, Question);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, "none"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSystem(JsonElement system, Utf8JsonWriter writer)
    {
        if (system.IsString()) WriteText(system.GetString()!, writer);
        else if (system.IsArray())
        {
            foreach (var block in system.EnumerateArray()) block.WriteTo(writer);
        }
    }

    private static void WriteText(string text, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    private static int? Number(JsonElement tool, ReadOnlySpan<byte> member, int index)
    {
        var value = tool.Member(member);
        if (!value.Exists() || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0
            ? number
            : throw new InvalidRequestException($"tools.{index}.{System.Text.Encoding.UTF8.GetString(member)}: Input should be a valid integer greater than 0");
    }
}
