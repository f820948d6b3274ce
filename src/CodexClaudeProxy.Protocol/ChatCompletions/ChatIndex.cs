using System.Globalization;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

internal enum ChatRole { System, User, Assistant, Tool }

/// <summary>One call of an assistant message.</summary>
/// <param name="Id">The client's id, or one made up for a call of the old kind, which has none.</param>
/// <param name="Body">The object with the name and the arguments.</param>
internal readonly record struct ChatCall(string Id, JsonElement Body, bool IsCustom)
{
    public string Name => Body.Text("name"u8) ?? "";
}

/// <summary>
/// The first of the two passes over a conversation: checks the roles, and finds which result belongs to which call, also among
/// calls of the old kind, which only have a name.
/// </summary>
internal sealed class ChatIndex
{
    private readonly List<JsonElement> _results = [];
    private readonly CallResults _pairs = new();
    private readonly Dictionary<int, List<ChatCall>> _calls = [];
    private readonly Dictionary<int, string> _ids = [];
    private readonly HashSet<string> _called = [];
    private readonly Dictionary<string, int> _countOf = [];
    private readonly Dictionary<string, Stack<string>> _openOf = [];

    private ChatIndex(JsonElement messages) => Messages = messages;

    public JsonElement Messages { get; }

    /// <summary>How many messages at the start are instructions; none when there is nothing else to answer.</summary>
    public int Leading { get; private set; }

    /// <summary>The names of all tools that were called.</summary>
    public IEnumerable<string> CalledNames => _calls.Values.SelectMany(static calls => calls).Select(static call => call.Name);

    public static ChatIndex Build(JsonElement messages)
    {
        var index = new ChatIndex(messages);
        var at = 0;
        var leads = true;
        foreach (var message in messages.EnumerateArray())
        {
            var role = index.Read(message, at++);
            leads &= role == ChatRole.System;
            if (leads) index.Leading++;
        }

        if (leads) index.Leading = 0;
        return index;
    }

    public IReadOnlyList<ChatCall> CallsOf(int message) => _calls.GetValueOrDefault(message) ?? [];

    /// <summary>The tool message that answers a call; undefined when there is none.</summary>
    public JsonElement TakeResult(string id, int callMessage) => _pairs.Take(id, callMessage) is { } number ? _results[number] : default;

    /// <summary>The call a tool message names, when no assistant message made it.</summary>
    public string? OrphanOf(int message) => _ids.TryGetValue(message, out var id) && !_called.Contains(id) ? id : null;

    public static ChatRole RoleOf(JsonElement message, int at) => message.Text("role"u8) switch
    {
        "system" or "developer" => ChatRole.System,
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        "tool" or "function" => ChatRole.Tool,
        var other => throw ChatRules.Refused(
            $"Invalid value: '{other}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
            $"messages[{at}].role", "invalid_value"),
    };

    private ChatRole Read(JsonElement message, int at)
    {
        if (!message.IsObject()) throw ChatRules.Refused($"Invalid type for 'messages[{at}]': expected an object.", $"messages[{at}]", "invalid_type");
        var role = RoleOf(message, at);
        if (role == ChatRole.Assistant) ReadCalls(message, at);
        else if (role == ChatRole.Tool) ReadResult(message, at);
        return role;
    }

    private void ReadCalls(JsonElement message, int at)
    {
        var calls = new List<ChatCall>();
        if (message.Member("tool_calls"u8) is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var call in list.EnumerateArray())
            {
                var custom = call.Member("custom"u8);
                var path = $"messages[{at}].tool_calls[{calls.Count}]";
                calls.Add(new ChatCall(Required(call, "id"u8, path), custom.IsObject() ? custom : call.Member("function"u8), custom.IsObject()));
                Required(calls[^1].Body, "name"u8, path + (custom.IsObject() ? ".custom" : ".function"));
            }
        }

        if (message.Member("function_call"u8) is { ValueKind: JsonValueKind.Object } old)
        {
            var name = Required(old, "name"u8, $"messages[{at}].function_call");
            var id = IdOf(name, _countOf[name] = _countOf.GetValueOrDefault(name, -1) + 1);
            if (!_openOf.TryGetValue(name, out var open)) _openOf[name] = open = new Stack<string>();
            open.Push(id);
            calls.Add(new ChatCall(id, old, IsCustom: false));
        }

        if (calls.Count == 0) return;
        _calls[at] = calls;
        foreach (var call in calls) _called.Add(call.Id);
    }

    private void ReadResult(JsonElement message, int at)
    {
        string id;
        if (message.Text("role"u8) == "tool") id = Required(message, "tool_call_id"u8, $"messages[{at}]");
        else
        {
            // The old kind names the function: the latest call of it that has no answer yet.
            var name = Required(message, "name"u8, $"messages[{at}]");
            id = _openOf.TryGetValue(name, out var open) && open.TryPop(out var call) ? call : name;
        }

        _ids[at] = id;
        _pairs.Add(id, at);
        _results.Add(message);
    }

    /// <summary>A pure function, so that the same conversation always gives the same bytes.</summary>
    private static string IdOf(string name, int ordinal) =>
        "call_" + CallId.Digest(string.Create(CultureInfo.InvariantCulture, $"fn|{name}|{ordinal}"), 24);

    private static string Required(JsonElement element, ReadOnlySpan<byte> member, string path)
    {
        if (element.Text(member) is { Length: > 0 } text) return text;
        var name = $"{path}.{System.Text.Encoding.ASCII.GetString(member)}";
        throw ChatRules.Refused($"Missing required parameter: '{name}'.", name, "missing_required_parameter");
    }
}
