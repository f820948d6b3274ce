using System.Text.Json;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Tokens;

namespace CodexClaudeProxy.Demo;

/// <summary>A result the client sent for a call.</summary>
internal sealed record SimulatedResult(string Tool, string Output);

/// <summary>A Responses request as the simulated model sees it.</summary>
internal sealed class SimulatedRequest
{
    /// <summary>The real cache works in steps of this many tokens.</summary>
    private const int CacheStep = 128;

    /// <summary>Roughly what an image costs, and an encrypted reasoning item.</summary>
    private const int MediaTokens = 800;

    private readonly JsonElement _root;
    private readonly List<JsonElement> _input;

    public SimulatedRequest(JsonElement root)
    {
        _root = root;
        _input = [.. Items(root, "input")];
        Tools = [.. Items(root, "tools"), .. _input.Where(item => item.Text("type") == "additional_tools").SelectMany(item => Items(item, "tools"))];
        JsonElement format = root.Member("text").Member("format");
        Schema = format.Text("type") == "json_schema" ? format.Member("schema") : default;
        Prompt = LastPrompt();
        Results = [.. LastResults()];
        InputTokens = TokensOf(root.Member("instructions")) + TokensOf(root.Member("tools")) + _input.Sum(TokensOf);
    }

    public string Model => _root.Text("model") ?? "unknown";

    public string? Effort => _root.Member("reasoning").Text("effort");

    public bool WantsSummary => _root.Member("reasoning").Text("summary") is not null;

    public string Conversation => _root.Text("prompt_cache_key") ?? "";

    public IReadOnlyList<JsonElement> Tools { get; }

    /// <summary>The schema the answer's text must follow; undefined when it is free.</summary>
    public JsonElement Schema { get; }

    /// <summary>What the person wrote last, without what the client put around it.</summary>
    public string Prompt { get; }

    /// <summary>The results that came after it; empty when the person is waiting for a first answer.</summary>
    public IReadOnlyList<SimulatedResult> Results { get; }

    public int InputTokens { get; }

    public int UserMessages => _input.Count(item => item.Text("role") == "user");

    public bool HasHostedSearch => Tools.Any(tool => tool.Text("type") == "web_search");

    public bool MustCall => _root.Text("tool_choice") == "required";

    /// <summary>The function the client insists on.</summary>
    public JsonElement ForcedTool => _root.Member("tool_choice").Text("name") is { } name ? Function(name)
        : MustCall ? Tools.FirstOrDefault(tool => tool.Text("type") == "function")
        : default;

    public bool MayCall => _root.Text("tool_choice") is not "none";

    public bool Offers(string name) => Function(name).ValueKind == JsonValueKind.Object;

    /// <summary>All text the client gave as instructions, where a coding client tells the directory it works in.</summary>
    public IEnumerable<string> Instructions =>
        [_root.Text("instructions") ?? "", .. _input.Where(item => item.Text("role") == "developer").SelectMany(Texts)];

    /// <summary>What the request before this one held, if this conversation has had one: all up to the model's last answer.</summary>
    public int CachedTokens
    {
        get
        {
            int end = _input.FindLastIndex(IsModelOutput);
            while (end > 0 && IsModelOutput(_input[end - 1])) end--;
            if (end <= 0) return 0;
            int prefix = TokensOf(_root.Member("instructions")) + TokensOf(_root.Member("tools")) + _input.Take(end).Sum(TokensOf);
            return prefix / CacheStep * CacheStep;
        }
    }

    /// <summary>Whether the last call in a transcript, a JSON object per line, is this command.</summary>
    public bool AsksAbout(string command)
    {
        IEnumerable<string> lines = _input.Where(item => item.Text("role") == "user").SelectMany(Texts).SelectMany(text => text.Split('\n'));
        if (lines.LastOrDefault(line => line.StartsWith("{\"", StringComparison.Ordinal)) is not { } last) return false;
        try
        {
            using JsonDocument call = JsonDocument.Parse(last, JsonDepth.Document);
            return call.RootElement.Text("Bash") == command;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private JsonElement Function(string name) => Tools.FirstOrDefault(tool => tool.Text("type") == "function" && tool.Text("name") == name);

    private string LastPrompt()
    {
        foreach (JsonElement message in Enumerable.Reverse(_input).Where(item => item.Text("role") == "user"))
        {
            if (Texts(message).LastOrDefault(text => !text.StartsWith('<')) is { } prompt) return prompt.Trim();
        }

        return "";
    }

    private IEnumerable<SimulatedResult> LastResults()
    {
        int start = _input.FindLastIndex(item => item.Text("role") == "user" && Texts(item).Any(text => !text.StartsWith('<'))) + 1;
        foreach (JsonElement item in _input.Skip(start).Where(item => item.Text("type") is "function_call_output" or "custom_tool_call_output"))
        {
            JsonElement call = _input.Find(other => other.Text("type") is "function_call" or "custom_tool_call" && other.Text("call_id") == item.Text("call_id"));
            JsonElement output = item.Member("output");
            string text = output.ValueKind == JsonValueKind.String ? output.GetString()! : string.Join('\n', Parts(output));
            yield return new SimulatedResult(call.Text("name") ?? "tool", text.Trim());
        }
    }

    private static bool IsModelOutput(JsonElement item) =>
        item.Text("role") == "assistant" || item.Text("type") is "reasoning" or "function_call" or "custom_tool_call" or "web_search_call";

    private static IEnumerable<string> Texts(JsonElement message)
    {
        JsonElement content = message.Member("content");
        return content.ValueKind == JsonValueKind.String ? [content.GetString()!] : Parts(content);
    }

    private static IEnumerable<string> Parts(JsonElement parts) =>
        parts.ValueKind == JsonValueKind.Array ? parts.EnumerateArray().Select(part => part.Text("text")).OfType<string>() : [];

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default;

    private static int TokensOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => 2 + value.EnumerateObject().Sum(member => member.NameEquals("encrypted_content") ? MediaTokens : 1 + TokensOf(member.Value)),
        JsonValueKind.Array => 1 + value.EnumerateArray().Sum(TokensOf),
        JsonValueKind.String => value.GetString() is { } text && text.StartsWith("data:", StringComparison.Ordinal) ? MediaTokens : O200k.Count(value.GetString()),
        JsonValueKind.Undefined => 0,
        _ => 1,
    };
}
