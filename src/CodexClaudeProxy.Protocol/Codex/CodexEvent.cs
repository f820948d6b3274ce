using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>
/// A view of one upstream event over its own bytes. Text members are the bodies of JSON strings, still escaped;
/// object members are raw JSON. Absent members are empty, absent numbers −1.
/// </summary>
public ref struct CodexEvent
{
    public CodexEventType Type { get; private set; }

    /// <summary>The event's own name, also of types we do not know.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Absent also in a delta that has it behind everything else: see <see cref="HasAllOfADelta"/>.</summary>
    public int SequenceNumber { get; private set; }

    public int OutputIndex { get; private set; }

    /// <summary><c>content_index</c> or <c>summary_index</c>.</summary>
    public int PartIndex { get; private set; }

    public ReadOnlySpan<byte> ItemId { get; private set; }

    public ReadOnlySpan<byte> Delta { get; private set; }

    /// <summary>The complete text of a <c>…done</c> event: <c>text</c>, <c>arguments</c>, <c>input</c> or <c>refusal</c>.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The tool whose arguments are complete.</summary>
    public ReadOnlySpan<byte> ToolName { get; private set; }

    public ReadOnlySpan<byte> Item { get; private set; }

    public ReadOnlySpan<byte> Response { get; private set; }

    public ReadOnlySpan<byte> Part { get; private set; }

    public ReadOnlySpan<byte> Annotation { get; private set; }

    /// <summary>The whole event, for the rare types that are read a second time.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>False for anything that is not a JSON object: such an event is skipped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out CodexEvent view)
    {
        try
        {
            view = Parse(json);
            return !view.Raw.IsEmpty;
        }
        catch (JsonException)
        {
            view = default;
            return false;
        }
    }

    private readonly bool HasAllOfADelta => !Delta.IsEmpty && OutputIndex >= 0 && Type.IsDelta()
        && (PartIndex >= 0 || Type is CodexEventType.ArgumentsDelta or CodexEventType.CustomInputDelta);

    private static CodexEvent Parse(ReadOnlySpan<byte> json)
    {
        var view = new CodexEvent { SequenceNumber = -1, OutputIndex = -1, PartIndex = -1, Raw = json };
        var reader = new Utf8JsonReader(json, JsonDepth.Reader);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            view.ReadMember(ref reader);
            // A delta is the event that comes by the thousand, and nothing of use follows these members.
            if (view.HasAllOfADelta) break;
        }

        return view;
    }

    private void ReadMember(scoped ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        reader.Read();
        switch (name.Length)
        {
            case 4 when name.SequenceEqual("type"u8):
                Name = JsonMembers.Text(ref reader, Raw);
                Type = CodexEventTypes.Parse(Name);
                break;
            case 5 when name.SequenceEqual("delta"u8):
                Delta = JsonMembers.Text(ref reader, Raw);
                break;
            case 7 when name.SequenceEqual("item_id"u8):
                ItemId = JsonMembers.Text(ref reader, Raw);
                break;
            case 12 when name.SequenceEqual("output_index"u8):
                OutputIndex = JsonMembers.Number(ref reader);
                break;
            case 13 when name.SequenceEqual("content_index"u8):
            case 13 when name.SequenceEqual("summary_index"u8):
                PartIndex = JsonMembers.Number(ref reader);
                break;
            case 15 when name.SequenceEqual("sequence_number"u8):
                SequenceNumber = JsonMembers.Number(ref reader);
                break;
            case 4 when name.SequenceEqual("text"u8):
            case 5 when name.SequenceEqual("input"u8):
            case 7 when name.SequenceEqual("refusal"u8):
            case 9 when name.SequenceEqual("arguments"u8):
                Text = JsonMembers.Text(ref reader, Raw);
                break;
            case 4 when name.SequenceEqual("name"u8):
                ToolName = JsonMembers.Text(ref reader, Raw);
                break;
            case 4 when name.SequenceEqual("item"u8):
                Item = JsonMembers.Object(ref reader, Raw);
                break;
            case 4 when name.SequenceEqual("part"u8):
                Part = JsonMembers.Object(ref reader, Raw);
                break;
            case 8 when name.SequenceEqual("response"u8):
                Response = JsonMembers.Object(ref reader, Raw);
                break;
            case 10 when name.SequenceEqual("annotation"u8):
                Annotation = JsonMembers.Object(ref reader, Raw);
                break;
            default:
                reader.Skip();
                break;
        }
    }
}
