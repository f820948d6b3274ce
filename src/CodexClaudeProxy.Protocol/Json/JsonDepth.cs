using System.Text.Json;

namespace CodexClaudeProxy.Protocol.Json;

/// <summary>
/// How deep JSON may nest, for every reader of the program. What a client may send is a quarter of it: the same content is met again
/// inside items, events and responses, and must not fail there after the backend has been paid for it.
/// </summary>
public static class JsonDepth
{
    /// <summary>As deep as <see cref="Utf8JsonWriter"/> writes, so that whatever was read can be written.</summary>
    public const int Limit = 1000;

    /// <summary>Of a client's request, whose tool inputs and schemas nest deeper than the default of 64. It bounds every recursion over a request.</summary>
    public const int OfRequest = 256;

    /// <summary>For a <see cref="Utf8JsonReader"/>.</summary>
    public static JsonReaderOptions Reader { get; } = new() { MaxDepth = Limit };

    /// <summary>For a <see cref="JsonDocument"/>.</summary>
    public static JsonDocumentOptions Document { get; } = new() { MaxDepth = Limit };

    /// <summary>For the document of a client's request.</summary>
    internal static JsonDocumentOptions Request { get; } = new() { MaxDepth = OfRequest };
}
