using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The <c>response</c> object on its way to the client: the model by the client's name, and the output where the backend left it out.</summary>
internal static class ResponseObject
{
    /// <param name="response">The backend's object, or empty when it sent none.</param>
    /// <param name="model">The model as the client calls it.</param>
    /// <param name="status">What the object must at least say, where it says nothing.</param>
    /// <param name="items">The finished items; null leaves the output as it is.</param>
    public static void Write(ReadOnlySpan<byte> response, string model, ReadOnlySpan<byte> status, IList<byte[]>? items, PooledBuffer to)
    {
        bool hasObject = false, hasStatus = false, hasOutput = false;
        to.Append("{"u8);
        var reader = new Utf8JsonReader(response.IsEmpty ? "{}"u8 : response, JsonDepth.Reader);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = response[start..(int)reader.BytesConsumed];

            hasObject |= name.SequenceEqual("object"u8);
            hasStatus |= name.SequenceEqual("status"u8);
            if (name.SequenceEqual("model"u8)) continue;
            if (name.SequenceEqual("output"u8) && items is not null)
            {
                hasOutput = true;
                WriteOutput(items, to);
                continue;
            }

            Begin(name, to);
            to.Append(value);
        }

        Begin("model"u8, to);
        to.Append("\""u8);
        JsonText.Escape(model, to);
        to.Append("\""u8);
        if (!hasObject)
        {
            Begin("object"u8, to);
            to.Append("\"response\""u8);
        }

        if (!hasStatus)
        {
            Begin("status"u8, to);
            to.Append("\""u8);
            to.Append(status);
            to.Append("\""u8);
        }

        if (!hasOutput && items is not null) WriteOutput(items, to);
        to.Append("}"u8);
    }

    private static void WriteOutput(IList<byte[]> items, PooledBuffer to)
    {
        Begin("output"u8, to);
        to.Append("["u8);
        var first = true;
        foreach (var item in items)
        {
            if (!first) to.Append(","u8);
            first = false;
            to.Append(item);
        }

        to.Append("]"u8);
    }

    private static void Begin(ReadOnlySpan<byte> name, PooledBuffer to)
    {
        if (to.Written[^1] != (byte)'{') to.Append(","u8);
        to.Append("\""u8);
        to.Append(name);
        to.Append("\":"u8);
    }
}
