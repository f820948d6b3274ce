using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The Codex CLI's request: copied member by member, with the routed model and the two members the backend insists on.</summary>
internal static class CodexRequest
{
    public static TurnContext Copy(PassThroughRequest request, ModelProfile profile, ConversionOptions options, IBufferWriter<byte> body)
    {
        using var writer = new Utf8JsonWriter(body, WireJson.Options);
        bool store = false, stream = false;
        writer.WriteStartObject();
        foreach (var member in request.Root.EnumerateObject())
        {
            if (options.Refused.Contains(member.Name)) continue;
            if (member.NameEquals("model"u8)) writer.WriteString("model"u8, profile.Slug);
            else if (member.NameEquals("store"u8)) WriteOnce("store"u8, false, ref store, writer);
            else if (member.NameEquals("stream"u8)) WriteOnce("stream"u8, true, ref stream, writer);
            else if (member.NameEquals("input"u8) && options.WithoutReasoning && member.Value.IsArray()) WriteWithoutReasoning(member.Value, writer);
            else if (member.NameEquals("tools"u8) && options.ReducedSchemas.Count > 0 && member.Value.IsArray()) WriteReduced(member.Value, options, writer);
            else
            {
                writer.WritePropertyName(member.Name);
                RawJson.Write(member.Value, writer);
            }
        }

        WriteOnce("store"u8, false, ref store, writer);
        WriteOnce("stream"u8, true, ref stream, writer);
        writer.WriteEndObject();

        var conversationId = PassThrough.ConversationId(request, FirstOfUser(request.Root.Member("input"u8)));
        return new TurnContext
        {
            RequestedModel = request.Model,
            // The lane is the client's own choice; there is no other to try.
            Profile = profile with { Lite = false },
            AccountMark = options.AccountMark,
            PromptCacheKey = request.Root.Text("prompt_cache_key"u8) ?? conversationId,
            ConversationId = conversationId,
        };
    }

    private static JsonElement FirstOfUser(JsonElement input) =>
        input.IsArray() ? input.EnumerateArray().FirstOrDefault(static item => item.Text("role"u8) == "user") : input;

    private static void WriteOnce(ReadOnlySpan<byte> name, bool value, ref bool written, Utf8JsonWriter writer)
    {
        if (!written) writer.WriteBoolean(name, value);
        written = true;
    }

    /// <summary>The tools, some of them with a schema that the backend has refused as the client wrote it.</summary>
    private static void WriteReduced(JsonElement tools, ConversionOptions options, Utf8JsonWriter writer)
    {
        using var schema = new WrittenSchema();
        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.Text("type"u8) == "function" && tool.Member("parameters"u8).IsObject()) schema.Copy(tool.Member("parameters"u8), options);
            if (!schema.IsReduced) RawJson.Write(tool, writer);
            else WriteTool(tool, schema, writer);
            schema.Clear();
        }

        writer.WriteEndArray();
    }

    private static void WriteTool(JsonElement tool, WrittenSchema schema, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var member in tool.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("parameters"u8)) writer.WriteRawValue(schema.Written, skipInputValidation: true);
            else if (member.NameEquals("strict"u8)) writer.WriteBooleanValue(member.Value.ValueKind == JsonValueKind.True && schema.FitsStrictMode);
            else RawJson.Write(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private static void WriteWithoutReasoning(JsonElement input, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("input"u8);
        foreach (var item in input.EnumerateArray())
        {
            if (item.Text("type"u8) != "reasoning") RawJson.Write(item, writer);
        }

        writer.WriteEndArray();
    }
}
