using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>Schemas of what has no contract: settings, which are a table, and what others have specified.</summary>
internal static class FreeSchemas
{
    private const string Anthropic = "https://platform.claude.com/docs/en/api/";
    private const string OpenAi = "https://platform.openai.com/docs/api-reference/";

    /// <summary>The schema that a member of a contract has though its type does not say so; null for none.</summary>
    public static string? Of(JsonPropertyInfo property) =>
        property.DeclaringType == typeof(SettingsReply) && ((MemberInfo)property.AttributeProvider!).Name == nameof(SettingsReply.Settings) ? "Settings" : null;

    public static JsonObject Make(string name) => name switch
    {
        "Settings" => Settings("The value of each setting.", isChange: false),
        "SettingsChange" => Settings("The settings to change. A setting that is absent stays as it is; null puts it back to its default.", isChange: true),
        "MessagesRequest" => Official("A request", Anthropic, "messages"),
        "Message" => Official("The answer", Anthropic, "messages"),
        "CountTokensRequest" => Official("A request to be counted", Anthropic, "messages-count-tokens"),
        "ChatCompletionRequest" => Official("A request", OpenAi, "chat/create"),
        "ChatCompletion" => Official("The answer", OpenAi, "chat/object"),
        "ResponsesRequest" => Official("A request", OpenAi, "responses/create"),
        "Response" => Official("The answer", OpenAi, "responses/object"),
        "CodexRequest" => Free("Passed through to upstream as it is."),
        "CodexAnswer" => Free("Passed through as it is."),
        "CodexModels" => Free("Upstream's list of models as it is, for the Codex CLI."),
        "OpenApiDocument" => Free("See [the specification](https://spec.openapis.org/oas/v3.1.0)."),
        "AnthropicError" => AnthropicError(),
        "OpenAiError" => OpenAiError(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such schema."),
    };

    private static JsonObject Free(string text) => new() { ["type"] = "object", ["description"] = text, ["additionalProperties"] = true };

    private static JsonObject Official(string what, string api, string page) => Free($"{what} as [the official API]({api}{page}) has it.");

    private static JsonObject Settings(string text, bool isChange)
    {
        JsonObject properties = [];
        foreach (SettingKey key in SettingKeys.All) properties[key.Name] = Setting(key, isChange || key.Nullable);
        JsonObject schema = new() { ["type"] = "object", ["description"] = text, ["properties"] = properties };
        if (isChange) schema["additionalProperties"] = false;
        else schema["required"] = new JsonArray([.. SettingKeys.All.Select(key => (JsonNode)key.Name)]);
        return schema;
    }

    private static JsonObject Setting(SettingKey key, bool canBeNull)
    {
        string type = key.Type switch { "choice" => "string", "map" or SettingKey.PriceMap => "object", var other => other };
        JsonObject schema = new() { ["type"] = canBeNull ? new JsonArray(type, "null") : type };
        if (key.Values.Count > 0) schema["enum"] = new JsonArray([.. key.Values.Concat(canBeNull ? [null] : (string?[])[]).Select(word => (JsonNode?)word)]);
        if (key.Min is { } min) schema["minimum"] = min;
        if (key.Max is { } max) schema["maximum"] = max;
        if (key.Type == "map") schema["additionalProperties"] = new JsonObject { ["type"] = "string" };
        if (key.Type == SettingKey.PriceMap) schema["additionalProperties"] = Price();
        schema["description"] = key.Help;
        return schema;
    }

    private static JsonObject Price() => new()
    {
        ["type"] = "object",
        ["description"] = "A price, in US dollars per million tokens.",
        ["properties"] = new JsonObject
        {
            ["input"] = Number("Input that the prompt cache knew nothing of."),
            ["cachedInput"] = Number("Input that came from the prompt cache."),
            ["output"] = Number("Output, reasoning included."),
            ["cacheWrite"] = Number("Input that was put into the prompt cache; as `input` by default."),
        },
        ["required"] = new JsonArray("input", "cachedInput", "output"),
        ["additionalProperties"] = false,
    };

    private static JsonObject Number(string text) => new() { ["type"] = "number", ["minimum"] = 0, ["maximum"] = 100_000, ["description"] = text };

    private static JsonObject AnthropicError() => Described("An error in the words of Anthropic's API.", new JsonObject
    {
        ["type"] = Text("Always `error`."),
        ["error"] = Described("What went wrong: `type` is the kind of error, `message` is for people.", new JsonObject
        {
            ["type"] = Text("The kind of error, such as `invalid_request_error`."),
            ["message"] = Text("For people, and what helps."),
        }),
        ["request_id"] = Text("As the header `request-id`."),
    });

    private static JsonObject OpenAiError() => Described("An error in the words of OpenAI's API.", new JsonObject
    {
        ["error"] = Described("What went wrong: `message` is for people, `type` and `code` are for programs, `param` is the member that is to blame.", new JsonObject
        {
            ["message"] = Text("For people, and what helps."),
            ["type"] = Text("The kind of error, such as `invalid_request_error`."),
            ["param"] = Text("The member of the request that is to blame; null for none.", canBeNull: true),
            ["code"] = Text("For programs, such as `model_not_found`; null for none.", canBeNull: true),
        }),
    });

    private static JsonObject Described(string text, JsonObject properties) => new()
    {
        ["type"] = "object", ["description"] = text, ["properties"] = properties,
        ["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]),
    };

    private static JsonObject Text(string text, bool canBeNull = false) => new() { ["type"] = canBeNull ? new JsonArray("string", "null") : "string", ["description"] = text };
}
