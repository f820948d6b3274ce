using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>
/// The input items as the backend takes them: without ids it could not look up, each call with its output, and reasoning only
/// where it can be read and led to something. What a client lost of it in front of a call is put back.
/// </summary>
internal sealed class PassThroughInput
{
    private readonly Conversion _conversion;

    /// <summary>The whole conversation: what is remembered of it, and what the request holds itself. A string is a user's message.</summary>
    private readonly List<JsonElement> _items = [];
    private readonly CallResults _pairs = new();
    private readonly HashSet<string> _called = [];
    private readonly HashSet<int> _missing = [];
    private readonly HashSet<int> _used = [];
    private readonly List<JsonElement> _reasoning = [];
    private readonly List<JsonElement> _unanswered = [];
    private Dictionary<int, string> _lost = [];

    public PassThroughInput(Conversion conversion)
    {
        _conversion = conversion;
        if (conversion.Root.Text("previous_response_id"u8) is { } previous) AddConversation(previous);
        var input = conversion.Root.Member("input"u8);
        if (input.IsString()) _items.Add(input);
        if (input.IsArray())
        {
            var at = 0;
            foreach (var item in input.EnumerateArray()) Add(item, at++);
        }

        GivesReasoningBack |= _items.Exists(LostReasoning.IsUsable);
        Pair();
    }

    /// <summary>The user spoke last, not a tool.</summary>
    public bool EndsWithUserMessage { get; private set; }

    /// <summary>Reasoning of an earlier answer was recalled, readable for this account or not.</summary>
    public bool RecallsReasoning { get; private set; }

    /// <summary>The client sends what the model thought, or names earlier answers, with which it comes along.</summary>
    public bool GivesReasoningBack { get; private set; }

    /// <summary>The first thing a user said; undefined when none did.</summary>
    public JsonElement FirstOfUser => _items.Find(static item => item.IsString() || item.Text("role"u8) == "user");

    public void Write(Utf8JsonWriter writer)
    {
        var recalled = new RecalledReasoning(_conversion, writer);
        if (recalled.IsPossible) _lost = LostReasoning.Find(_items);
        for (var at = 0; at < _items.Count; at++) WriteItem(_items[at], at, recalled, writer);
        WriteUnanswered(writer);
    }

    private void AddConversation(string responseId)
    {
        if (_conversion.Options.RecallConversation(responseId) is not { } items)
        {
            throw PassThroughRequest.Refused(
                $"Previous response with id '{responseId}' not found. {WhatIsRemembered} Send the conversation itself in input.", "previous_response_id", "previous_response_not_found");
        }

        GivesReasoningBack = true;
        foreach (var item in items) Recall(item);
    }

    private void Add(JsonElement item, int at)
    {
        if (!item.IsObject()) throw PassThroughRequest.Refused($"Invalid type for 'input[{at}]': expected an object.", $"input[{at}]", "invalid_type");
        if (item.Text("type"u8) == "item_reference") AddReferred(item, at);
        else if ((IsCall(item) || IsOutput(item)) && item.Text("call_id"u8) is not { Length: > 0 })
            throw PassThroughRequest.Refused($"Missing required parameter: 'input[{at}].call_id'.", $"input[{at}].call_id", "missing_required_parameter");
        else _items.Add(item);
    }

    private void AddReferred(JsonElement reference, int at)
    {
        if (reference.Text("id"u8) is not { Length: > 0 } id)
            throw PassThroughRequest.Refused($"Missing required parameter: 'input[{at}].id'.", $"input[{at}].id", "missing_required_parameter");
        GivesReasoningBack = true;
        if (_conversion.Options.RecallItem(id) is { } item) Recall(item);
        // The model only loses a thought. Without its words or its call the conversation would be another one.
        else if (!id.StartsWith("rs_", StringComparison.Ordinal))
            throw PassThroughRequest.Refused($"Item with id '{id}' not found. {WhatIsRemembered} Send the item itself instead of a reference to it.", "input", "");
    }

    private const string WhatIsRemembered =
        "Answers are remembered in memory for an hour after their last use, if the request did not say store: false and the setting rememberResponses is on.";

    /// <summary>Reasoning can be read only by the account it was made for; without it the rest still makes sense.</summary>
    private void Recall(RememberedItem item)
    {
        var json = RequestDocument.Part(item.Json.Span);
        if (json.Text("type"u8) == "reasoning" && item.AccountMark is { } mark)
        {
            RecallsReasoning = true;
            if (mark != _conversion.Options.AccountMark) return;
        }

        _items.Add(json);
    }

    /// <summary>Which output belongs to which call.</summary>
    private void Pair()
    {
        var places = new List<int>();
        foreach (var (at, item) in _items.Index())
        {
            if (IsOutput(item))
            {
                _pairs.Add(IdOf(item), at);
                places.Add(at);
            }
            else if (IsCall(item))
            {
                _called.Add(IdOf(item));
                if (item.Text("name"u8) is { Length: > 0 } name) _conversion.Names.Add(name);
            }
        }

        foreach (var (at, item) in _items.Index())
        {
            if (!IsCall(item)) continue;
            if (_pairs.Take(IdOf(item), at) is { } number) _used.Add(places[number]);
            else _missing.Add(at);
        }
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

        if (!IsCall(item)) WriteUnanswered(writer);
        var role = type == "message" ? item.Text("role"u8) ?? "user" : "";
        // Reasoning that nothing of the model's followed makes the backend refuse the request.
        if (role is "user" or "system" or "developer" || IsOutput(item)) _reasoning.Clear();
        else WriteReasoning(writer);

        if (IsCall(item)) recalled.WriteBeforeCall();
        else recalled.WriteBeforeWords();
        if (IsOutput(item) && !_used.Contains(at))
        {
            WriteOrphan(item, writer);
            return;
        }

        EndsWithUserMessage = role == "user";
        if (type == "message") WriteMessage(item, role, writer);
        else CopyItem(item, type, writer);
        if (_missing.Contains(at)) _unanswered.Add(item);
    }

    private void WriteUserText(ReadOnlySpan<byte> escaped, Utf8JsonWriter writer)
    {
        _conversion.Parts.Clear();
        _conversion.Parts.AddText(escaped);
        _conversion.Parts.WriteMessage(writer, "user"u8);
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
            SchemaSanitizer.WriteRaw(content, writer);
            writer.WriteEndObject();
        }
        else
        {
            foreach (var part in content.EnumerateArray()) CopyPart(part, insideOutput: false, writer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>
    /// An image goes along by its address unless that is set otherwise, and one that was cut off as a note. The lite lane knows no
    /// detail of images.
    /// </summary>
    private void CopyPart(JsonElement part, bool insideOutput, Utf8JsonWriter writer)
    {
        if (part.Text("type"u8) == "input_image" && MayNotPass(RawText.Of(part, "image_url"u8)))
        {
            _conversion.Parts.Clear();
            Media.AddUrl(part.Text("image_url"u8)!, insideOutput, _conversion, _conversion.Parts, part.Text("detail"u8));
            _conversion.Parts.WriteParts(writer);
            return;
        }

        if (!_conversion.Lite || !part.Member("detail"u8).Exists())
        {
            SchemaSanitizer.WriteRaw(part, writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in part.EnumerateObject())
        {
            if (member.NameEquals("detail"u8)) continue;
            writer.WritePropertyName(member.Name);
            SchemaSanitizer.WriteRaw(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private bool MayNotPass(ReadOnlySpan<byte> url) =>
        url.StartsWith("data:"u8) ? Media.IsCutOff(url) : _conversion.Options.ImageUrls != ImageUrlRoute.Pass && Media.IsRemote(JsonText.ToString(url));

    private void CopyItem(JsonElement item, string type, Utf8JsonWriter writer)
    {
        // A finished search or image is not valid without its status; everywhere else it says nothing.
        var keepsStatus = type is "web_search_call" or "image_generation_call";
        writer.WriteStartObject();
        foreach (var member in item.EnumerateObject())
        {
            if (member.NameEquals("id"u8) || (member.NameEquals("status"u8) && !keepsStatus)) continue;
            if (member.NameEquals("call_id"u8) && member.Value.IsString()) CallId.Write(writer, "call_id"u8, member.Value);
            else if (member.NameEquals("output"u8) && member.Value.IsArray() && IsOutput(item)) CopyOutput(member.Value, writer);
            else if (member.NameEquals("name"u8) && member.Value.IsString() && IsCall(item)) writer.WriteString("name"u8, _conversion.Names.Upstream(member.Value.GetString()!));
            else
            {
                writer.WritePropertyName(member.Name);
                SchemaSanitizer.WriteRaw(member.Value, writer);
            }
        }

        if (keepsStatus && !item.Member("status"u8).Exists()) writer.WriteString("status"u8, "completed"u8);
        writer.WriteEndObject();
    }

    private void CopyOutput(JsonElement output, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("output"u8);
        foreach (var part in output.EnumerateArray()) CopyPart(part, insideOutput: true, writer);
        writer.WriteEndArray();
    }

    private void WriteReasoning(Utf8JsonWriter writer)
    {
        foreach (var item in _reasoning)
        {
            var encrypted = item.Text("encrypted_content"u8);
            if (string.IsNullOrEmpty(encrypted) || _conversion.Options.WithoutReasoning) continue;
            var hash = ReasoningSignature.HashOf(Encoding.UTF8.GetBytes(encrypted));
            if (_conversion.Options.IsRejectedReasoning(hash)) continue;
            _conversion.ReasoningHashes.Add(hash);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "reasoning"u8);
            writer.WritePropertyName("summary"u8);
            if (item.Member("summary"u8).IsArray()) SchemaSanitizer.WriteRaw(item.Member("summary"u8), writer);
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
        var id = IdOf(item);
        if (_called.Contains(id)) return;
        var output = item.Member("output"u8);
        var text = output.IsString() ? output.GetString()
            : output.IsArray() ? string.Join('\n', output.EnumerateArray().Select(static part => part.Text("text"u8)).OfType<string>())
            : "";
        _conversion.Parts.Clear();
        _conversion.Parts.AddText($"[Result of tool call {id}, whose call is not part of this conversation]\n{text}");
        _conversion.Parts.WriteMessage(writer, "user"u8);
        EndsWithUserMessage = true;
    }

    internal static bool IsCall(JsonElement item) => item.Text("type"u8) is "function_call" or "custom_tool_call";

    internal static bool IsOutput(JsonElement item) => item.Text("type"u8) is "function_call_output" or "custom_tool_call_output";

    internal static string IdOf(JsonElement item) => item.Text("call_id"u8)!;
}
