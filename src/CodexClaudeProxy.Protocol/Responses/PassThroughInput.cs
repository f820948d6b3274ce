using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>
/// The input items as the backend takes them: without ids it could not look up, each call with its output, and reasoning only
/// where it can be read and led to something. What a client lost of it in front of a call is put back.
/// </summary>
internal sealed class PassThroughInput(Conversion conversion, PassThroughItems items)
{
    private readonly PassThroughParts _parts = new(conversion);
    private readonly List<JsonElement> _reasoning = [];
    private readonly List<JsonElement> _unanswered = [];
    private Dictionary<int, string> _lost = [];

    /// <summary>The user spoke last, not a tool.</summary>
    public bool EndsWithUserMessage { get; private set; }

    public void Write(Utf8JsonWriter writer)
    {
        var recalled = new RecalledReasoning(conversion, writer);
        if (recalled.IsPossible) _lost = LostReasoning.Find(items.All);
        for (var at = 0; at < items.All.Count; at++) WriteItem(items.All[at], at, recalled, writer);
        WriteUnanswered(writer);
    }

    private void WriteItem(JsonElement item, int at, RecalledReasoning recalled, Utf8JsonWriter writer)
    {
        if (item.IsString())
        {
            WriteUnanswered(writer);
            _reasoning.Clear();
            WriteUserText(RawText.Of(item), writer);
            return;
        }

        var type = item.Text("type"u8) ?? (item.Member("role"u8).Exists() ? "message" : "");
        if (type == "reasoning")
        {
            _reasoning.Add(item);
            return;
        }

        if (_lost.TryGetValue(at, out var call)) recalled.LookFor(call);
        // The backend keeps no images, and refuses one that is only named.
        if (type == "image_generation_call" && item.Text("result"u8) is not { Length: > 0 }) return;

        if (!PassThroughItems.IsCall(item)) WriteUnanswered(writer);
        var role = type == "message" ? item.Text("role"u8) ?? "user" : "";
        // Reasoning that nothing of the model's followed makes the backend refuse the request.
        if (role is "user" or "system" or "developer" || PassThroughItems.IsOutput(item)) _reasoning.Clear();
        else WriteReasoning(writer);

        if (PassThroughItems.IsCall(item)) recalled.WriteBeforeCall();
        else recalled.WriteBeforeWords();
        if (PassThroughItems.IsOutput(item) && !items.IsPaired(at))
        {
            WriteOrphan(item, writer);
            return;
        }

        EndsWithUserMessage = role == "user";
        if (type == "message") WriteMessage(item, role, writer);
        else CopyItem(item, type, writer);
        if (items.LacksOutput(at)) _unanswered.Add(item);
    }

    private void WriteUserText(ReadOnlySpan<byte> escaped, Utf8JsonWriter writer)
    {
        conversion.Parts.Clear();
        conversion.Parts.AddText(escaped);
        conversion.Parts.WriteMessage(writer, "user"u8);
        EndsWithUserMessage = true;
    }

    private void WriteMessage(JsonElement item, string role, Utf8JsonWriter writer)
    {
        var content = item.Member("content"u8);
        if (content.IsString() ? RawText.Of(content).IsEmpty : !content.IsArray() || content.GetArrayLength() == 0) return;

        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, role == "system" ? "developer" : role);
        if (item.Text("phase"u8) is { } phase) writer.WriteString("phase"u8, phase);
        writer.WriteStartArray("content"u8);
        if (content.IsString())
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, role == "assistant" ? "output_text"u8 : "input_text"u8);
            writer.WritePropertyName("text"u8);
            RawJson.Write(content, writer);
            writer.WriteEndObject();
        }
        else
        {
            foreach (var part in content.EnumerateArray()) _parts.Copy(part, insideOutput: false, writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void CopyItem(JsonElement item, string type, Utf8JsonWriter writer)
    {
        // A finished search or image is not valid without its status; everywhere else it says nothing.
        var keepsStatus = type is "web_search_call" or "image_generation_call";
        writer.WriteStartObject();
        foreach (var member in item.EnumerateObject())
        {
            if (member.NameEquals("id"u8) || (member.NameEquals("status"u8) && !keepsStatus)) continue;
            if (member.NameEquals("call_id"u8) && member.Value.IsString()) CallId.Write(writer, "call_id"u8, member.Value);
            else if (member.NameEquals("output"u8) && member.Value.IsArray() && PassThroughItems.IsOutput(item)) CopyOutput(member.Value, writer);
            else if (member.NameEquals("name"u8) && member.Value.IsString() && PassThroughItems.IsCall(item)) writer.WriteString("name"u8, conversion.Names.Upstream(member.Value.GetString()!));
            else
            {
                writer.WritePropertyName(member.Name);
                RawJson.Write(member.Value, writer);
            }
        }

        if (keepsStatus && !item.Member("status"u8).Exists()) writer.WriteString("status"u8, "completed"u8);
        writer.WriteEndObject();
    }

    private void CopyOutput(JsonElement output, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("output"u8);
        foreach (var part in output.EnumerateArray()) _parts.Copy(part, insideOutput: true, writer);
        writer.WriteEndArray();
    }

    private void WriteReasoning(Utf8JsonWriter writer)
    {
        foreach (var item in _reasoning)
        {
            var encrypted = item.Text("encrypted_content"u8);
            if (string.IsNullOrEmpty(encrypted) || conversion.Options.WithoutReasoning) continue;
            var hash = ReasoningSignature.HashOf(Encoding.UTF8.GetBytes(encrypted));
            if (conversion.Options.IsRejectedReasoning(hash)) continue;
            conversion.ReasoningHashes.Add(hash);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "reasoning"u8);
            writer.WritePropertyName("summary"u8);
            if (item.Member("summary"u8).IsArray()) RawJson.Write(item.Member("summary"u8), writer);
            else writer.WriteRawValue("[]"u8, skipInputValidation: true);
            writer.WriteString("encrypted_content"u8, encrypted);
            writer.WriteEndObject();
        }

        _reasoning.Clear();
    }

    /// <summary>Calls whose output the conversation lacks get one, behind all the calls that belong together.</summary>
    private void WriteUnanswered(Utf8JsonWriter writer)
    {
        foreach (var call in _unanswered)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, call.Text("type"u8) + "_output");
            CallId.Write(writer, "call_id"u8, call.Member("call_id"u8));
            writer.WriteString("output"u8, "[No result was recorded for this tool call.]"u8);
            writer.WriteEndObject();
        }

        _unanswered.Clear();
    }

    /// <summary>An output without its call is text, where it stands; a second one for the same call is nothing.</summary>
    private void WriteOrphan(JsonElement item, Utf8JsonWriter writer)
    {
        var id = PassThroughItems.IdOf(item);
        if (items.IsCalled(id)) return;
        var output = item.Member("output"u8);
        var text = output.IsString() ? output.GetString()
            : output.IsArray() ? string.Join('\n', output.EnumerateArray().Select(static part => part.Text("text"u8)).OfType<string>())
            : "";
        conversion.Parts.Clear();
        conversion.Parts.AddText($"[Result of tool call {id}, whose call is not part of this conversation]\n{text}");
        conversion.Parts.WriteMessage(writer, "user"u8);
        EndsWithUserMessage = true;
    }
}
