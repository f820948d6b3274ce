using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Json;

/// <summary>
/// Parses JSON that other programs, services and people wrote. Comments, trailing commas, a byte order mark, UTF-16 with one, halves of characters
/// and broken UTF-8 are forgiven, because one of them in a member nobody needs must not make an account unusable; a name that
/// occurs twice is not, because nobody can tell which one was meant.
/// </summary>
internal static class ForeignJson
{
    /// <summary>The real answers are six levels deep. They are kept inside the account file, which must stay readable with them.</summary>
    private const int AnswerDepth = 32;
    private const int FileDepth = 64;

    private static readonly JsonDocumentOptions Answer = OptionsFor(AnswerDepth);
    private static readonly JsonDocumentOptions File = OptionsFor(FileDepth);

    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonDocument ParseFile(ReadOnlyMemory<byte> json) => JsonDocument.Parse(Whole(json), File);

    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static JsonObject ParseTree(ReadOnlyMemory<byte> json) =>
        JsonNode.Parse(Whole(json).Span, documentOptions: File) as JsonObject ?? throw new JsonException("It is not an object.");

    /// <summary>Null when the text is not JSON.</summary>
    public static JsonDocument? TryParseAnswer(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(Whole(json), Answer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The text of a file that may be no JSON, with the same forgiveness.</summary>
    public static string TextOf(ReadOnlyMemory<byte> content) => Encoding.UTF8.GetString(Whole(content).Span);

    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> json)
    {
        // Windows PowerShell 5 writes what it redirects in UTF-16.
        if (json.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) json = Encoding.Convert(Encoding.Unicode, Encoding.UTF8, json[2..].ToArray());
        else if (json.Span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) json = Encoding.Convert(Encoding.BigEndianUnicode, Encoding.UTF8, json[2..].ToArray());
        json = ByteOrderMark.Skip(json);
        if (!Utf8.IsValid(json.Span)) json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span));
        return LoneSurrogates.Replace(json);
    }

    private static JsonDocumentOptions OptionsFor(int depth) =>
        new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false, MaxDepth = depth };
}
