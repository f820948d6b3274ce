using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.Responses;

/// <summary>The parts of a message or an output, copied but for images that may not go along.</summary>
internal sealed class PassThroughParts(Conversion conversion)
{
    /// <summary>
    /// An image goes along by its address unless that is set otherwise, and one that was cut off as a note. The lite lane knows no
    /// detail of images.
    /// </summary>
    public void Copy(JsonElement part, bool insideOutput, Utf8JsonWriter writer)
    {
        if (part.Text("type"u8) == "input_image" && MayNotPass(RawText.Of(part, "image_url"u8)))
        {
            conversion.Parts.Clear();
            Media.AddUrl(part.Text("image_url"u8)!, insideOutput, conversion, conversion.Parts, part.Text("detail"u8));
            conversion.Parts.WriteParts(writer);
            return;
        }

        if (!conversion.Lite || !part.Member("detail"u8).Exists())
        {
            RawJson.Write(part, writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in part.EnumerateObject())
        {
            if (member.NameEquals("detail"u8)) continue;
            writer.WritePropertyName(member.Name);
            RawJson.Write(member.Value, writer);
        }

        writer.WriteEndObject();
    }

    private bool MayNotPass(ReadOnlySpan<byte> url) =>
        url.StartsWith("data:"u8) ? Media.IsCutOff(url) : conversion.Options.ImageUrls != ImageUrlRoute.Pass && Media.IsRemote(JsonText.ToString(url));
}
