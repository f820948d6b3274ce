using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>
/// Writes the one request that has an answer's calls judged, as a Messages request: our rules, then data as JSON lines with the calls
/// last, then what to do with them, and a schema with a place for each call.
/// </summary>
public static class CheckRequest
{
    /// <summary>A longer call is not judged: what is hidden in the middle of it must not be overlooked.</summary>
    public const int LongestCall = 32_000;

    private const int LongestText = 2_000;
    private const int LongestEarlierCall = 400;
    private const int LongestConversation = 12_000;

    // Line breaks and control characters are escaped by it too.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Instruction = "Judge the calls above, each by its index, and say which rule decided.";

    /// <param name="model">Only named; who answers is decided elsewhere.</param>
    /// <param name="calls">Their place in the list is their index.</param>
    public static void Write(CheckInput input, string model, IReadOnlyList<AnsweredCall> calls, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        writer.WriteNumber("max_tokens"u8, 400 + 200 * calls.Count);
        writer.WriteString("system"u8, CheckRules.For(input.Context));
        writer.WriteStartArray("messages"u8);
        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        writer.WriteStartArray("content"u8);
        WriteText(writer, Data(input, calls));
        WriteText(writer, Instruction);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        WriteSchema(writer, input.Context, calls.Count);
        writer.WriteEndObject();
    }

    /// <summary>Everything that can have decided, in the order of the schema.</summary>
    internal static IEnumerable<string> RuleNames(ClassifierContext context) =>
    [
        "none", "consent",
        .. context.BuiltIn.SelectMany(CheckRules.Ids),
        .. context.Rules.Select(static rule => rule.Key).Where(static path => !path.StartsWith("auto_mode.environment", StringComparison.Ordinal)),
    ];

    private static string Data(CheckInput input, IReadOnlyList<AnsweredCall> calls)
    {
        using var lines = new StringWriter();
        lines.Write("Where the assistant works, and the user's own rules:\n");
        lines.Write(Line(json =>
        {
            json.WriteString("working_directory"u8, input.Context.WorkingDirectory);
            json.WriteString("home_directory"u8, input.Context.Home);
            json.WriteStartArray("trusted_directories"u8);
            foreach (var path in input.Context.Trusted) json.WriteStringValue(path);
            json.WriteEndArray();
        }));
        foreach (var (path, rule) in input.Context.Rules) lines.Write(Line(json => json.WriteString(path, rule)));
        lines.Write("\nWhat the user wrote and which calls were made, oldest first:\n");
        foreach (var line in Recent(input.Conversation)) lines.Write(line);
        lines.Write("\nThe calls to judge:\n");
        for (var i = 0; i < calls.Count; i++) lines.Write(PendingLine(i, calls[i]));
        return lines.ToString();
    }

    private static string PendingLine(int index, AnsweredCall call) => Line(json =>
    {
        json.WriteNumber("index"u8, index);
        json.WriteString("tool"u8, call.Tool);
        json.WritePropertyName("input"u8);
        using var input = JsonDocument.Parse(call.Input, JsonDepth.Document);
        // Written anew, so that nothing in it can end the line.
        using var plain = JsonDocument.Parse(Conversation.InputOf(call.Tool, input.RootElement), JsonDepth.Document);
        plain.RootElement.WriteTo(json);
    });

    /// <summary>The newest lines as far as there is room, and the user's first text, which says what it is all about.</summary>
    private static List<string> Recent(IReadOnlyList<ConversationLine> conversation)
    {
        var room = LongestConversation;
        List<string> lines = [];
        var first = -1;
        for (var i = 0; i < conversation.Count && first < 0; i++) first = conversation[i].Tool is null ? i : -1;
        var opening = first >= 0 ? LineOf(conversation[first]) : "";
        room -= opening.Length;
        var at = conversation.Count - 1;
        for (; at >= 0 && at != first; at--)
        {
            var line = LineOf(conversation[at]);
            if (line.Length > room) break;
            room -= line.Length;
            lines.Insert(0, line);
        }

        if (at > first && first >= 0) lines.Insert(0, Line(static json => json.WriteBoolean("lines_left_out"u8, true)));
        if (first >= 0) lines.Insert(0, opening);
        return lines;
    }

    private static string LineOf(ConversationLine line) => Line(json =>
    {
        if (line.Tool is not { } tool)
        {
            json.WriteString("user"u8, Cut(line.Text, LongestText));
            return;
        }

        json.WriteString("earlier_call"u8, tool);
        json.WriteString("input"u8, Cut(line.Text, LongestEarlierCall));
    });

    private static string Line(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        if (char.IsHighSurrogate(text[length - 1])) length--;
        return $"{text[..length]} […{text.Length - length} more characters]";
    }

    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    private static void WriteSchema(Utf8JsonWriter writer, ClassifierContext context, int calls)
    {
        writer.WriteStartObject("output_config"u8);
        writer.WriteStartObject("format"u8);
        writer.WriteString("type"u8, "json_schema"u8);
        writer.WriteStartObject("schema"u8);
        WriteObject(writer, Enumerable.Range(0, calls).Select(static index => index.ToString(System.Globalization.CultureInfo.InvariantCulture)), json =>
            WriteObject(json, ["rule", "verdict", "explanation"], null, context));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The inside of an object schema whose members must all be there, and no other.</summary>
    private static void WriteObject(Utf8JsonWriter json, IEnumerable<string> names, Action<Utf8JsonWriter>? inside, ClassifierContext? context = null)
    {
        string[] all = [.. names];
        json.WriteString("type"u8, "object"u8);
        json.WriteStartObject("properties"u8);
        foreach (var name in all)
        {
            json.WriteStartObject(name);
            if (inside is not null) inside(json);
            else WriteAnswer(json, name, context!);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("required"u8);
        foreach (var name in all) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteBoolean("additionalProperties"u8, false);
    }

    private static void WriteAnswer(Utf8JsonWriter json, string name, ClassifierContext context)
    {
        json.WriteString("type"u8, "string"u8);
        if (name == "explanation")
        {
            json.WriteString("description"u8, "Empty unless the verdict is block. Then one plain sentence for the user: what the call would do, and how to allow it (\"say so explicitly to allow it\"). No secrets, no rule texts.");
            return;
        }

        json.WriteStartArray("enum"u8);
        foreach (var value in name == "verdict" ? ["allow", "block", "unsure"] : RuleNames(context)) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
