using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Kilo;

/// <summary>
/// The conversation as chat messages. What an assistant said and called becomes one message, its outputs follow as one each;
/// pictures in them travel in a user message behind, since an output there is only text. Reasoning and searches are of no use elsewhere.
/// </summary>
internal sealed class KiloMessages(Utf8JsonWriter writer)
{
    private readonly List<string> _said = [];
    private readonly List<JsonElement> _calls = [];
    private readonly List<JsonElement> _pictures = [];

    public void Write(JsonElement request)
    {
        List<JsonElement> items = request.Member("input"u8) is { ValueKind: JsonValueKind.Array } input ? [.. input.EnumerateArray()] : [];
        int head = items.TakeWhile(IsInstruction).Count();
        WriteSystem(request.Text("instructions"u8), items.Take(head));
        foreach (JsonElement item in items.Skip(head)) WriteItem(item);
        FlushAssistant();
        FlushPictures();
    }

    private void WriteSystem(string? instructions, IEnumerable<JsonElement> developer)
    {
        string system = Join([instructions ?? "", .. developer.Select(message => TextOf(message.Member("content"u8)))]);
        if (system.Length > 0) WriteText("system"u8, system);
    }

    private void WriteItem(JsonElement item)
    {
        switch (item.Text("type"u8) ?? "message")
        {
            case "message" when item.Text("role"u8) == "assistant":
                FlushPictures();
                _said.Add(TextOf(item.Member("content"u8)));
                break;
            case "message":
                FlushAssistant();
                FlushPictures();
                // Many chat templates take a system message only at the very beginning.
                if (IsInstruction(item)) WriteText("user"u8, $"<system>\n{TextOf(item.Member("content"u8))}\n</system>");
                else WriteUser(item.Member("content"u8));
                break;
            case "function_call":
                FlushPictures();
                _calls.Add(item);
                break;
            case "function_call_output":
                FlushAssistant();
                WriteOutput(item);
                break;
        }
    }

    private void FlushAssistant()
    {
        if (_said.Count == 0 && _calls.Count == 0) return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "assistant"u8);
        string text = Join(_said);
        if (text.Length == 0 && _calls.Count > 0) writer.WriteNull("content"u8);
        else writer.WriteString("content"u8, text);
        if (_calls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            foreach (JsonElement call in _calls)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, call.Text("call_id"u8));
                writer.WriteString("type"u8, "function"u8);
                writer.WriteStartObject("function"u8);
                writer.WriteString("name"u8, call.Text("name"u8));
                writer.WriteString("arguments"u8, call.Text("arguments"u8) ?? "{}");
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        _said.Clear();
        _calls.Clear();
    }

    private void WriteOutput(JsonElement item)
    {
        JsonElement output = item.Member("output"u8);
        writer.WriteStartObject();
        writer.WriteString("role"u8, "tool"u8);
        writer.WriteString("tool_call_id"u8, item.Text("call_id"u8));
        writer.WriteString("content"u8, TextOf(output, "\n"));
        writer.WriteEndObject();
        if (output.IsArray()) _pictures.AddRange(output.EnumerateArray().Where(part => !IsText(part)));
    }

    private void FlushPictures()
    {
        if (_pictures.Count == 0) return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        writer.WriteStartArray("content"u8);
        WriteTextPart("Attached to the tool results above:");
        foreach (JsonElement part in _pictures) WritePart(part);
        writer.WriteEndArray();
        writer.WriteEndObject();
        _pictures.Clear();
    }

    private void WriteUser(JsonElement content)
    {
        if (!content.IsArray() || content.EnumerateArray().All(IsText))
        {
            WriteText("user"u8, TextOf(content));
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        writer.WriteStartArray("content"u8);
        foreach (JsonElement part in content.EnumerateArray()) WritePart(part);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WritePart(JsonElement part)
    {
        if (IsText(part))
        {
            WriteTextPart(part.Text("text"u8)!);
            return;
        }

        bool image = part.Text("type"u8) == "input_image";
        writer.WriteStartObject();
        writer.WriteString("type"u8, image ? "image_url"u8 : "file"u8);
        writer.WriteStartObject(image ? "image_url"u8 : "file"u8);
        if (image)
        {
            writer.WriteString("url"u8, part.Text("image_url"u8));
        }
        else
        {
            writer.WriteString("filename"u8, part.Text("filename"u8) ?? "document");
            writer.WriteString("file_data"u8, part.Text("file_data"u8) ?? part.Text("file_url"u8));
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteTextPart(string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    private void WriteText(ReadOnlySpan<byte> role, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, role);
        writer.WriteString("content"u8, text);
        writer.WriteEndObject();
    }

    private static bool IsInstruction(JsonElement item) => item.Text("role"u8) is "developer" or "system";

    private static bool IsText(JsonElement part) => part.Text("text"u8) is not null;

    private static string TextOf(JsonElement content, string between = "\n\n") =>
        content.IsString() ? content.GetString()!
        : content.IsArray() ? Join(content.EnumerateArray().Select(part => part.Text("text"u8) ?? ""), between)
        : "";

    private static string Join(IEnumerable<string> texts, string between = "\n\n") => string.Join(between, texts.Where(text => text.Length > 0));
}
