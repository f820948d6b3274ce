using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>One line of what a check sees of the conversation: a text of the user, or a call the model made.</summary>
/// <param name="Tool">Null for the user.</param>
/// <param name="Text">The user's text, or the call's input as JSON.</param>
public readonly record struct ConversationLine(string? Tool, string Text);

/// <summary>
/// What was said and done before, as far as a check may see it: what the user wrote, and which calls were made. What the model
/// wrote and what tools answered is left out: through these, text of strangers would reach the judge.
/// </summary>
public static class Conversation
{
    /// <summary>Tools that only look: nothing that they did before matters to a later call.</summary>
    private static readonly HashSet<string> Lookers = ["Read", "Glob", "Grep", "LS", "ToolSearch", "TodoWrite", "TaskCreate", "TaskGet", "TaskList", "TaskUpdate"];

    /// <param name="root">The client's request.</param>
    /// <param name="isSubagent">Then the first message was written by the main model.</param>
    /// <param name="withoutLast">Leave the last message out.</param>
    public static IReadOnlyList<ConversationLine> Read(JsonElement root, bool isSubagent, bool withoutLast = false)
    {
        List<ConversationLine> lines = [];
        if (root.Member("messages"u8) is not { ValueKind: JsonValueKind.Array } messages) return lines;
        var isFirst = true;
        foreach (var message in messages.EnumerateArray().SkipLast(withoutLast ? 1 : 0))
        {
            var role = message.Text("role"u8);
            var content = message.Member("content"u8);
            if (role == "assistant") AddCalls(content, lines);
            else if (role == "user" && !(isFirst && isSubagent)) AddTexts(content, lines);
            if (role == "user") isFirst = false;
        }

        return lines;
    }

    /// <summary>The calls in the last message, when that is the assistant's.</summary>
    internal static IReadOnlyList<AnsweredCall> PendingCalls(JsonElement root)
    {
        List<AnsweredCall> calls = [];
        if (root.Member("messages"u8) is not { ValueKind: JsonValueKind.Array } messages || messages.GetArrayLength() == 0) return calls;
        var last = messages[messages.GetArrayLength() - 1];
        if (last.Text("role"u8) != "assistant" || last.Member("content"u8) is not { ValueKind: JsonValueKind.Array } content) return calls;
        foreach (var block in content.EnumerateArray())
        {
            if (block.Text("type"u8) != "tool_use" || block.Text("id"u8) is not { } id || block.Text("name"u8) is not { } tool || !block.Member("input"u8).IsObject()) continue;
            calls.Add(new AnsweredCall(JsonText.Escaped(id), tool, Encoding.UTF8.GetBytes(block.Member("input"u8).GetRawText())));
        }

        return calls;
    }

    /// <summary>A call's input without what the model says about it: a shell command's description is no part of what it does.</summary>
    public static string InputOf(string tool, JsonElement input)
    {
        if (!IsShell(tool) || !input.Member("description"u8).Exists()) return input.IsObject() ? input.GetRawText() : "{}";
        using var buffer = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in input.EnumerateObject())
            {
                if (!member.NameEquals("description"u8)) member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.Written);
    }

    internal static bool IsShell(string tool) => tool is "Bash" or "PowerShell";

    private static void AddCalls(JsonElement content, List<ConversationLine> lines)
    {
        if (!content.IsArray()) return;
        foreach (var block in content.EnumerateArray())
        {
            if (block.Text("type"u8) != "tool_use" || block.Text("name"u8) is not { } tool || Lookers.Contains(tool)) continue;
            lines.Add(new ConversationLine(tool, InputOf(tool, block.Member("input"u8))));
        }
    }

    private static void AddTexts(JsonElement content, List<ConversationLine> lines)
    {
        if (content.IsString())
        {
            AddText(content.GetString()!, lines);
            return;
        }

        if (!content.IsArray()) return;
        // What stands beside a tool's result was written by the client: notes on images and files, reminders, its own instructions.
        foreach (var block in content.EnumerateArray())
        {
            if (block.Text("type"u8) is not ("text" or "image" or "document")) return;
        }

        foreach (var block in content.EnumerateArray())
        {
            if (block.Text("text"u8) is { } text) AddText(text, lines);
        }
    }

    private static void AddText(string text, List<ConversationLine> lines)
    {
        if (!UserText.IsWrittenByClient(text) && !string.IsNullOrWhiteSpace(text)) lines.Add(new ConversationLine(null, text));
    }
}
