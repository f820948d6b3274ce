using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Codex;

public enum CodexItemType
{
    Other,
    Message,
    Reasoning,
    FunctionCall,
    CustomToolCall,
    WebSearchCall,
    ImageGenerationCall,
    Compaction,
}

/// <summary>A view of one output item over its own bytes, with the conventions of <see cref="CodexEvent"/>.</summary>
public ref struct CodexItem
{
    public CodexItemType Type { get; private set; }

    /// <summary>The type's wire name.</summary>
    public ReadOnlySpan<byte> TypeName { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> CallId { get; private set; }

    /// <summary>Two items, although both came under one output index.</summary>
    public readonly bool IsAnotherThan(in CodexItem other) =>
        Type != other.Type || (!CallId.IsEmpty && !other.CallId.IsEmpty && !CallId.SequenceEqual(other.CallId));

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Status { get; private set; }

    public ReadOnlySpan<byte> Phase { get; private set; }

    /// <summary><c>arguments</c> of a function call or <c>input</c> of a custom call.</summary>
    public ReadOnlySpan<byte> Arguments { get; private set; }

    public ReadOnlySpan<byte> EncryptedContent { get; private set; }

    /// <summary>The raw array of content parts.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The raw array of summary parts.</summary>
    public ReadOnlySpan<byte> Summary { get; private set; }

    /// <summary>The raw action of a web search.</summary>
    public ReadOnlySpan<byte> Action { get; private set; }

    /// <summary>The base64 of a generated image.</summary>
    public ReadOnlySpan<byte> Result { get; private set; }

    public bool IsIncomplete => Status.SequenceEqual("incomplete"u8);

    public static CodexItem Parse(ReadOnlySpan<byte> json)
    {
        var item = new CodexItem();
        if (json.IsEmpty) return item;

        var reader = new Utf8JsonReader(json, JsonDepth.Reader);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) item.ReadMember(ref reader, json);
        return item;
    }

    private void ReadMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var name = reader.ValueSpan;
        reader.Read();
        if (name.SequenceEqual("type"u8))
        {
            TypeName = JsonMembers.Text(ref reader, json);
            Type = ParseType(TypeName);
        }
        else if (name.SequenceEqual("id"u8)) Id = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("call_id"u8)) CallId = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("name"u8)) Name = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("status"u8)) Status = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("phase"u8)) Phase = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("arguments"u8) || name.SequenceEqual("input"u8)) Arguments = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("encrypted_content"u8)) EncryptedContent = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("content"u8)) Content = JsonMembers.Array(ref reader, json);
        else if (name.SequenceEqual("summary"u8)) Summary = JsonMembers.Array(ref reader, json);
        else if (name.SequenceEqual("result"u8)) Result = JsonMembers.Text(ref reader, json);
        else if (name.SequenceEqual("action"u8)) Action = JsonMembers.Object(ref reader, json);
        else reader.Skip();
    }

    private static CodexItemType ParseType(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("message"u8)) return CodexItemType.Message;
        if (name.SequenceEqual("reasoning"u8)) return CodexItemType.Reasoning;
        if (name.SequenceEqual("function_call"u8)) return CodexItemType.FunctionCall;
        if (name.SequenceEqual("custom_tool_call"u8)) return CodexItemType.CustomToolCall;
        if (name.SequenceEqual("web_search_call"u8)) return CodexItemType.WebSearchCall;
        if (name.SequenceEqual("image_generation_call"u8)) return CodexItemType.ImageGenerationCall;
        return name.SequenceEqual("compaction"u8) ? CodexItemType.Compaction : CodexItemType.Other;
    }
}

/// <summary>A view of one content or summary part of an item.</summary>
public ref struct CodexPart
{
    public bool IsRefusal { get; private set; }

    /// <summary>The text of an <c>output_text</c>, <c>summary_text</c> or <c>refusal</c> part; empty for <c>reasoning_text</c>, which nobody shall see.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The raw array of annotations.</summary>
    public ReadOnlySpan<byte> Annotations { get; private set; }

    public static CodexPart Parse(ReadOnlySpan<byte> json)
    {
        var part = new CodexPart();
        if (json.IsEmpty) return part;

        ReadOnlySpan<byte> type = default;
        var reader = new Utf8JsonReader(json, JsonDepth.Reader);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("type"u8)) type = JsonMembers.Text(ref reader, json);
            else if (name.SequenceEqual("text"u8)) part.Text = JsonMembers.Text(ref reader, json);
            else if (name.SequenceEqual("annotations"u8)) part.Annotations = JsonMembers.Array(ref reader, json);
            else if (name.SequenceEqual("refusal"u8))
            {
                part.Text = JsonMembers.Text(ref reader, json);
                part.IsRefusal = true;
            }
            else reader.Skip();
        }

        // The raw thought has parts as well.
        if (type.SequenceEqual("reasoning_text"u8)) part.Text = default;
        return part;
    }
}

/// <summary>Walks the objects of a raw JSON array without building anything.</summary>
public ref struct JsonObjects
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;

    public JsonObjects(ReadOnlySpan<byte> array)
    {
        _json = array.IsEmpty ? "[]"u8 : array;
        _reader = new Utf8JsonReader(_json, JsonDepth.Reader);
        _reader.Read();
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly JsonObjects GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            Current = JsonMembers.Object(ref _reader, _json);
            if (!Current.IsEmpty) return true;
        }

        return false;
    }
}
