using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Content;

/// <summary>Documents and search results: text where they are text, files where the backend can read them.</summary>
internal static class Documents
{
    private static readonly string[] TextTypes =
        ["application/json", "application/xml", "application/csv", "application/x-ndjson", "application/javascript", "application/yaml"];

    public static void Add(JsonElement block, BlockPath path, Conversion conversion, ContentParts parts)
    {
        conversion.Documents++;
        if (IsFile(block, path)) AddFile(block, FileName(block, conversion.Documents), path, conversion, parts);
        else AddAsText(block, path, conversion, parts);
    }

    /// <summary>
    /// The same inside the output of a tool, where files are unreliable: the output only names it, and the file follows in
    /// the next user message. Gives the name of the file to attach, or null.
    /// </summary>
    public static string? AddToToolResult(JsonElement block, BlockPath path, Conversion conversion, ContentParts parts)
    {
        conversion.Documents++;
        if (!IsFile(block, path))
        {
            AddAsText(block, path, conversion, parts);
            return null;
        }

        var name = FileName(block, conversion.Documents);
        parts.AddText($"[document \"{name}\" attached below]");
        return name;
    }

    public static void AddFile(JsonElement block, string name, BlockPath path, Conversion conversion, ContentParts parts)
    {
        if (RawText.Of(block, "context"u8) is { IsEmpty: false } context) parts.AddText(context);
        var source = block.Member("source"u8);
        if (source.Text("type"u8) == "url")
        {
            AddUrl(RawText.Of(source, "url"u8), conversion, parts);
            return;
        }

        using var data = new PooledBuffer();
        if (!Media.TryWriteBase64(RawText.Of(source, "data"u8), data))
        {
            parts.AddText($"[document omitted: invalid data ({name})]");
            return;
        }

        JsonText.Escape(name, parts.Begin());
        parts.EndFileName();
        var to = parts.Begin();
        to.Append("data:application/pdf;base64,"u8);
        to.Append(data.Written);
        parts.EndFileData();
    }

    public static void AddSearchResult(JsonElement block, ContentParts parts)
    {
        var to = parts.Begin();
        to.Append("<search_result"u8);
        WriteAttribute("title"u8, block, to);
        WriteAttribute("source"u8, block, to);
        to.Append(">\\n"u8);
        WriteTexts(block.Member("content"u8), to);
        to.Append("\\n</search_result>"u8);
        parts.EndText();
    }

    /// <summary>Writes a string, or the texts of a list of blocks, one per line.</summary>
    public static void WriteTexts(JsonElement content, PooledBuffer to)
    {
        if (content.IsString()) to.Append(RawText.Of(content));
        if (!content.IsArray()) return;
        var first = true;
        foreach (var block in content.EnumerateArray())
        {
            if (!block.IsObject() || BlockTypes.TypeOf(block) != BlockType.Text) continue;
            if (!first) to.Append("\\n"u8);
            first = false;
            to.Append(RawText.Of(block, "text"u8));
        }
    }

    private static bool IsFile(JsonElement block, BlockPath path)
    {
        var source = block.Member("source"u8);
        if (!source.IsObject()) throw path.Error(".source: Field required");
        switch (source.Text("type"u8))
        {
            case "file": throw Media.FileReference(path);
            case "text" or "content": return false;
            case "url": return true;
            case "base64":
                var mediaType = source.Text("media_type"u8) ?? "application/pdf";
                if (mediaType == "application/pdf") return true;
                return !IsText(mediaType) ? throw path.Error($": unsupported document media type '{mediaType}'") : false;
            default:
                throw path.Error(".source.type: Input should be 'base64', 'text', 'content', 'url' or 'file'");
        }
    }

    private static bool IsText(string mediaType) =>
        mediaType.StartsWith("text/", StringComparison.Ordinal) || TextTypes.Contains(mediaType) ||
        mediaType.EndsWith("+json", StringComparison.Ordinal) || mediaType.EndsWith("+xml", StringComparison.Ordinal);

    private static string FileName(JsonElement block, int number)
    {
        var title = block.Text("title"u8);
        if (string.IsNullOrWhiteSpace(title)) return $"document-{number}.pdf";
        return title.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) ? title : title + ".pdf";
    }

    private static void AddUrl(ReadOnlySpan<byte> url, Conversion conversion, ContentParts parts)
    {
        var to = parts.Begin();
        if (!conversion.Refuses("file_url"))
        {
            to.Append(url);
            parts.EndFileUrl();
            return;
        }

        to.Append("[document: "u8);
        to.Append(url);
        to.Append("]"u8);
        parts.EndText();
    }

    private static void AddAsText(JsonElement block, BlockPath path, Conversion conversion, ContentParts parts)
    {
        var source = block.Member("source"u8);
        var content = source.Member("content"u8);
        var to = parts.Begin();
        to.Append("<document"u8);
        WriteAttribute("title"u8, block, to);
        to.Append(">"u8);
        if (RawText.Of(block, "context"u8) is { IsEmpty: false } context)
        {
            to.Append("\\n<context>"u8);
            to.Append(context);
            to.Append("</context>"u8);
        }

        if (content.IsArray())
        {
            parts.EndText();
            AddNested(content, path, conversion, parts);
            parts.AddText("</document>"u8);
            return;
        }

        to.Append("\\n"u8);
        if (content.IsString()) to.Append(RawText.Of(content));
        else if (source.Text("type"u8) == "base64") WriteDecoded(source, path, to);
        else to.Append(RawText.Of(source, "data"u8));
        to.Append("\\n</document>"u8);
        parts.EndText();
    }

    private static void AddNested(JsonElement content, BlockPath path, Conversion conversion, ContentParts parts)
    {
        foreach (var block in content.EnumerateArray())
        {
            if (!block.IsObject()) continue;
            var type = BlockTypes.TypeOf(block);
            if (type == BlockType.Image) Media.AddImage(block, path, path.Nested >= 0, conversion, parts);
            else if (type == BlockType.Text && RawText.Of(block, "text"u8) is { IsEmpty: false } text) parts.AddText(text);
        }
    }

    private static void WriteDecoded(JsonElement source, BlockPath path, PooledBuffer to)
    {
        using var base64 = new PooledBuffer();
        if (!Media.TryWriteBase64(RawText.Of(source, "data"u8), base64)) throw path.Error(".source.data: Input should be valid base64");
        using var text = new PooledBuffer();
        Base64.DecodeFromUtf8(base64.Written, text.GetSpan(base64.Length), out _, out var length);
        text.Advance(length);
        // Decoding and encoding again turns what is not UTF-8 into replacement characters.
        if (System.Text.Unicode.Utf8.IsValid(text.Written)) JsonText.Escape(text.Written, to);
        else JsonText.Escape(Encoding.UTF8.GetString(text.Written), to);
    }

    private static void WriteAttribute(ReadOnlySpan<byte> name, JsonElement block, PooledBuffer to)
    {
        if (block.Member(name) is not { ValueKind: JsonValueKind.String } value) return;
        to.Append(" "u8);
        to.Append(name);
        to.Append("=\\\""u8);
        JsonText.Escape(value.GetString()!.Replace('"', '\''), to);
        to.Append("\\\""u8);
    }
}
