using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.ChatCompletions;

/// <summary>Turns the content of user, developer and tool messages into content parts.</summary>
internal static class ChatContent
{
    /// <param name="content">A string or a list of parts.</param>
    /// <param name="message">The number of the message, for errors.</param>
    /// <param name="files">Takes the files of a tool's output, which travel in the next user message; null where they may stay.</param>
    public static void Add(JsonElement content, int message, Conversion conversion, ContentParts parts, List<JsonElement>? files = null)
    {
        if (content.IsString())
        {
            if (RawText.Of(content) is { IsEmpty: false } text) parts.AddText(text);
            return;
        }

        if (!content.IsArray()) return;
        var at = 0;
        foreach (var part in content.EnumerateArray()) AddPart(part, $"messages[{message}].content[{at++}]", conversion, parts, files);
    }

    /// <summary>Adds a file with its data.</summary>
    public static void AddFile(JsonElement part, Conversion conversion, ContentParts parts)
    {
        var file = part.Member("file"u8);
        JsonText.Escape(NameOf(file, ++conversion.Documents), parts.Begin());
        parts.EndFileName();
        var data = RawText.Of(file, "file_data"u8);
        var to = parts.Begin();
        if (data.StartsWith("data:"u8))
        {
            to.Append(data);
        }
        else
        {
            to.Append("data:application/pdf;base64,"u8);
            if (!Media.TryWriteBase64(data, to)) throw ChatRules.Refused("Invalid 'file_data': expected a base64-encoded file.", null, "invalid_value");
        }

        parts.EndFileData();
    }

    private static void AddPart(JsonElement part, string path, Conversion conversion, ContentParts parts, List<JsonElement>? files)
    {
        switch (part.Text("type"u8))
        {
            case "text":
                if (RawText.Of(part, "text"u8) is { IsEmpty: false } text) parts.AddText(text);
                break;
            case "image_url":
                var image = part.Member("image_url"u8);
                // Some clients leave the object away.
                var url = image.IsString() ? image.GetString() : image.Text("url"u8);
                var detail = image.Text("detail"u8);
                Media.AddUrl(url ?? "", insideToolResult: files is not null, conversion, parts, detail is "low" or "high" or "auto" ? detail : null);
                break;
            case "input_audio":
                throw ChatRules.Refused("input_audio is not supported");
            case "file":
                AddFile(part, conversion, parts, files);
                break;
            case var other:
                throw ChatRules.Refused($"Invalid value: '{other}'. Supported values are: 'text', 'image_url', and 'file'.", path + ".type", "invalid_value");
        }
    }

    private static void AddFile(JsonElement part, Conversion conversion, ContentParts parts, List<JsonElement>? files)
    {
        var file = part.Member("file"u8);
        if (!file.Member("file_data"u8).IsString())
            throw ChatRules.Refused(file.Member("file_id"u8).Exists() ? "file_id is not supported" : "Missing required parameter: 'file_data'.");
        if (files is null)
        {
            AddFile(part, conversion, parts);
            return;
        }

        parts.AddText($"[document \"{NameOf(file, conversion.Documents + files.Count + 1)}\" attached below]");
        files.Add(part);
    }

    private static string NameOf(JsonElement file, int number) => file.Text("filename"u8) is { Length: > 0 } name ? name : $"document-{number}.pdf";
}
