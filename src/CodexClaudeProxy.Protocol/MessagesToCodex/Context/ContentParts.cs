using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Context;

/// <summary>
/// The content parts of one item while they are collected: their strings lie one after the other in one pooled buffer,
/// each as finished JSON with its quotes.
/// </summary>
internal sealed class ContentParts : IDisposable
{
    private enum Kind { Text, Image, FileName, FileData, FileUrl }

    private readonly record struct Part(Kind Kind, int Start, int Length, string? Detail = null);

    private readonly PooledBuffer _strings = new();
    private readonly List<Part> _parts = [];
    private int _start;

    public int Count => _parts.Count;

    public void Dispose() => _strings.Dispose();

    public void Clear()
    {
        _strings.Clear();
        _parts.Clear();
    }

    /// <summary>Adds a client's string as it is.</summary>
    public void AddText(ReadOnlySpan<byte> inside)
    {
        Begin().Append(inside);
        EndText();
    }

    public void AddText(string text)
    {
        JsonText.Escape(text, Begin());
        EndText();
    }

    /// <summary>Starts a part; the caller writes the inside of its JSON string and calls the method that ends it.</summary>
    public PooledBuffer Begin()
    {
        _start = _strings.Length;
        _strings.Append("\""u8);
        return _strings;
    }

    public void EndText() => End(Kind.Text);

    public void EndImage(string? detail = null) => End(Kind.Image, detail);

    /// <summary>The name of the file whose data is the next part.</summary>
    public void EndFileName() => End(Kind.FileName);

    public void EndFileData() => End(Kind.FileData);

    public void EndFileUrl() => End(Kind.FileUrl);

    /// <summary>The output of a failed tool has no flag for it, so the text says so, unless it already does.</summary>
    public void MarkError()
    {
        var first = _parts.FindIndex(static part => part.Kind == Kind.Text);
        if (first < 0)
        {
            AddText("[tool error]"u8);
            _parts.Insert(0, _parts[^1]);
            _parts.RemoveAt(_parts.Count - 1);
            return;
        }

        var (_, start, length, _) = _parts[first];
        if (SaysError(_strings.Written.Slice(start + 1, length - 2))) return;
        var prefix = "[tool error]\\n"u8;
        _strings.Insert(start + 1, prefix);
        _parts[first] = new Part(Kind.Text, start, length + prefix.Length);
        for (var i = 0; i < _parts.Count; i++)
        {
            if (_parts[i].Start > start) _parts[i] = _parts[i] with { Start = _parts[i].Start + prefix.Length };
        }
    }

    /// <summary>Takes over another item's parts: all its texts joined behind what the open part holds so far, then the rest.</summary>
    public void EndTextWith(ContentParts other)
    {
        foreach (var part in other._parts.Where(static part => part.Kind == Kind.Text))
        {
            _strings.Append("\\n"u8);
            _strings.Append(other._strings.Written.Slice(part.Start + 1, part.Length - 2));
        }

        EndText();
        foreach (var part in other._parts.Where(static part => part.Kind != Kind.Text))
        {
            Begin().Append(other._strings.Written.Slice(part.Start + 1, part.Length - 2));
            End(part.Kind, part.Detail);
        }
    }

    /// <summary>Writes the parts as an array.</summary>
    public void WriteArray(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        WriteParts(writer);
        writer.WriteEndArray();
    }

    /// <summary>Writes the parts into an array that is open already.</summary>
    public void WriteParts(Utf8JsonWriter writer)
    {
        foreach (var part in _parts) WritePart(writer, part);
    }

    public void WriteMessage(Utf8JsonWriter writer, ReadOnlySpan<byte> role)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, role);
        writer.WritePropertyName("content"u8);
        WriteArray(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes the output of a tool: one string when there is nothing but text, else an array.</summary>
    public void WriteOutput(Utf8JsonWriter writer)
    {
        if (_parts.Exists(static part => part.Kind != Kind.Text))
        {
            WriteArray(writer);
            return;
        }

        // The two quotes between neighbours are just as long as the escape of the line feed that joins them.
        for (var i = 1; i < _parts.Count; i++) _strings.Overwrite(_parts[i].Start - 1, "\\n"u8);
        writer.WriteRawValue(_strings.Written, skipInputValidation: true);
    }

    private void End(Kind kind, string? detail = null)
    {
        _strings.Append("\""u8);
        _parts.Add(new Part(kind, _start, _strings.Length - _start, detail));
    }

    private void WritePart(Utf8JsonWriter writer, Part part)
    {
        var (type, member) = part.Kind switch
        {
            Kind.Text => ("input_text", "text"),
            Kind.Image => ("input_image", "image_url"),
            Kind.FileUrl => ("input_file", "file_url"),
            Kind.FileName => ("input_file", "filename"),
            _ => ("", "file_data"),
        };

        if (part.Kind != Kind.FileData)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, type);
        }

        writer.WritePropertyName(member);
        writer.WriteRawValue(_strings.Written.Slice(part.Start, part.Length), skipInputValidation: true);
        if (part.Detail is not null) writer.WriteString("detail"u8, part.Detail);
        if (part.Kind != Kind.FileName) writer.WriteEndObject();
    }

    private static bool SaysError(ReadOnlySpan<byte> inside)
    {
        var start = inside[RawText.SpaceAtStart(inside)..];
        return (start.Length >= 5 && System.Text.Ascii.EqualsIgnoreCase(start[..5], "error"u8)) ||
            inside.IndexOf("<tool_use_error>"u8) >= 0 ||
            inside.IndexOf("\\u003ctool_use_error\\u003e"u8) >= 0;
    }
}
