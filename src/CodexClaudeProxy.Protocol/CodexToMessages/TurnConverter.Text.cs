using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// Message items: text, refusals and citations.
public sealed partial class TurnConverter
{
    private const int MaxRefusalText = 1000;

    private void ReceiveText(TurnItem item, int part, ReadOnlySpan<byte> text, bool refusal)
    {
        if (item.IsDone || text.IsEmpty) return;
        part = Math.Max(0, part);
        if (item.Part != part || item.IsRefusal != refusal)
        {
            item.Part = part;
            item.IsRefusal = refusal;
            item.Trace.Clear();
        }

        item.Trace.Add(text);
        if (MayWrite(item, text.Length)) WriteText(item, part, refusal, text);
        else item.Enqueue(refusal ? QueuedKind.Refusal : QueuedKind.Text, part, text);
    }

    private void ReceiveWholeText(TurnItem item, int part, ReadOnlySpan<byte> whole, bool refusal)
    {
        part = Math.Max(0, part);
        // A part we are past was complete, and a part that began with the other kind is another part.
        if (item.IsDone || part < item.Part || (part == item.Part && item.IsRefusal != refusal)) return;
        if (part > item.Part) ReceiveText(item, part, whole, refusal);
        else ReceiveText(item, part, item.Trace.MissingIn(whole), refusal);
    }

    private void ReceivePart(TurnItem item, int part, in CodexPart view)
    {
        ReceiveWholeText(item, part, view.Text, view.IsRefusal);
        foreach (var annotation in new JsonObjects(view.Annotations)) ReceiveAnnotation(item, part, annotation);
    }

    private void FinishText(TurnItem item, ReadOnlySpan<byte> content)
    {
        var part = 0;
        foreach (var json in new JsonObjects(content)) ReceivePart(item, part++, CodexPart.Parse(json));
    }

    private void WriteText(TurnItem item, int part, bool refusal, ReadOnlySpan<byte> text)
    {
        if (item.WrittenPart != part || item.WrittenRefusal != refusal)
        {
            if (item.WrittenPart >= 0) _blocks.Close();
            _blocks.NextText = new TextStart(refusal, ContinuesItem: item.WrittenPart >= 0);
            item.WrittenPart = part;
            item.WrittenRefusal = refusal;
        }

        if (refusal) NoteRefusal(text);
        _blocks.Text(text);
    }

    private void NoteRefusal(ReadOnlySpan<byte> text)
    {
        _refusalText ??= "";
        if (_refusalText.Length >= MaxRefusalText) return;
        var longer = new StringBuilder(_refusalText).Append(JsonText.ToString(text));
        _refusalText = longer.ToString(0, Math.Min(longer.Length, MaxRefusalText));
    }

    private void ReceiveAnnotation(TurnItem item, int part, ReadOnlySpan<byte> annotation)
    {
        // A part we are past has its citations: the end of the item only repeats them.
        if (item.IsDone || annotation.IsEmpty || (part >= 0 && part < item.Part)) return;
        if (MayWrite(item, annotation.Length)) WriteAnnotation(annotation);
        else item.Enqueue(QueuedKind.Annotation, 0, annotation);
    }

    private void WriteAnnotation(ReadOnlySpan<byte> annotation)
    {
        if (TryReadCitation(annotation, out var hit)) _blocks.Cite(hit);
    }

    private static bool TryReadCitation(ReadOnlySpan<byte> annotation, out SearchHit hit)
    {
        ReadOnlySpan<byte> type = default, url = default, title = default;
        int start = 0, end = 0;
        var reader = new Utf8JsonReader(annotation, JsonDepth.Reader);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("type"u8)) type = JsonMembers.Text(ref reader, annotation);
            else if (name.SequenceEqual("url"u8)) url = JsonMembers.Text(ref reader, annotation);
            else if (name.SequenceEqual("title"u8)) title = JsonMembers.Text(ref reader, annotation);
            else if (name.SequenceEqual("start_index"u8)) start = JsonMembers.Number(ref reader);
            else if (name.SequenceEqual("end_index"u8)) end = JsonMembers.Number(ref reader);
            else reader.Skip();
        }

        hit = new SearchHit(url, title) { Start = start, End = end };
        return type.SequenceEqual("url_citation"u8) && !url.IsEmpty;
    }
}
