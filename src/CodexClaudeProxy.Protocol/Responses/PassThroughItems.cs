using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The whole conversation of a request: what is remembered of it and what the request holds itself, and which output belongs to which call.</summary>
internal sealed class PassThroughItems
{
    private const string WhatIsRemembered =
        "Responses are kept in memory for an hour after their last use, unless the request says store: false or the setting rememberResponses is off.";

    private readonly Conversion _conversion;
    private readonly List<JsonElement> _items = [];
    private readonly CallResults _pairs = new();
    private readonly HashSet<string> _called = [];
    private readonly HashSet<int> _missing = [];
    private readonly HashSet<int> _used = [];

    public PassThroughItems(Conversion conversion)
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

    /// <summary>The items in their order. A string is a user's message.</summary>
    public IReadOnlyList<JsonElement> All => _items;

    /// <summary>Reasoning of an earlier answer was recalled, readable for this account or not.</summary>
    public bool RecallsReasoning { get; private set; }

    /// <summary>The client sends what the model thought, or names earlier answers, with which it comes along.</summary>
    public bool GivesReasoningBack { get; private set; }

    /// <summary>The first thing a user said; undefined when none did.</summary>
    public JsonElement FirstOfUser => _items.Find(static item => item.IsString() || item.Text("role"u8) == "user");

    /// <summary>The call at this place has no output.</summary>
    public bool LacksOutput(int at) => _missing.Contains(at);

    /// <summary>The output at this place belongs to a call.</summary>
    public bool IsPaired(int at) => _used.Contains(at);

    public bool IsCalled(string id) => _called.Contains(id);

    public static bool IsCall(JsonElement item) => item.Text("type"u8) is "function_call" or "custom_tool_call";

    public static bool IsOutput(JsonElement item) => item.Text("type"u8) is "function_call_output" or "custom_tool_call_output";

    public static string IdOf(JsonElement item) => item.Text("call_id"u8)!;

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
}
