using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>The two members of a Messages request that decide where it goes and how it is answered, found without reading the rest.</summary>
public readonly record struct RequestOutline(string? Model, bool Stream)
{
    /// <summary>Without a model where the body is no such request.</summary>
    public static RequestOutline Of(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(ByteOrderMark.Skip(body).Span, JsonDepth.Reader);
        string? model = null;
        bool? stream = null;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            while ((model is null || stream is null) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isModel = reader.ValueTextEquals("model"u8), isStream = reader.ValueTextEquals("stream"u8);
                reader.Read();
                if (isModel && reader.TokenType == JsonTokenType.String) model = reader.GetString();
                else if (isStream) stream = reader.TokenType == JsonTokenType.True;
                else reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What is broken behind the model is for whoever reads all of it.
        }

        return new RequestOutline(model, stream == true);
    }
}
