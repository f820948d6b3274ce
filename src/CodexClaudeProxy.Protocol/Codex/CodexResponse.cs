using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>A view of the <c>response</c> object of the first and the last events, with the conventions of <see cref="CodexEvent"/>.</summary>
public ref struct CodexResponse
{
    public ReadOnlySpan<byte> Id { get; private set; }

    /// <summary>Unix seconds; 0 when absent.</summary>
    public long CreatedAt { get; private set; }

    public ReadOnlySpan<byte> Status { get; private set; }

    public readonly bool IsFailed => Status.SequenceEqual("failed"u8);

    public readonly bool IsCancelled => Status.SequenceEqual("cancelled"u8);

    public ReadOnlySpan<byte> ServiceTier { get; private set; }

    /// <summary>The raw array of output items; usually empty on this backend.</summary>
    public ReadOnlySpan<byte> Output { get; private set; }

    /// <summary>The raw usage object.</summary>
    public ReadOnlySpan<byte> Usage { get; private set; }

    /// <summary><c>incomplete_details.reason</c>.</summary>
    public ReadOnlySpan<byte> IncompleteReason { get; private set; }

    /// <summary>The event can exceed 256 KiB, since it repeats instructions and tools: they are stepped over.</summary>
    public static CodexResponse Parse(ReadOnlySpan<byte> json)
    {
        var response = new CodexResponse();
        if (json.IsEmpty) return response;

        var reader = new Utf8JsonReader(json, JsonDepth.Reader);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("id"u8)) response.Id = JsonMembers.Text(ref reader, json);
            else if (name.SequenceEqual("created_at"u8)) response.CreatedAt = Math.Max(0, JsonMembers.Number(ref reader));
            else if (name.SequenceEqual("status"u8)) response.Status = JsonMembers.Text(ref reader, json);
            else if (name.SequenceEqual("service_tier"u8)) response.ServiceTier = JsonMembers.Text(ref reader, json);
            else if (name.SequenceEqual("output"u8)) response.Output = JsonMembers.Array(ref reader, json);
            else if (name.SequenceEqual("usage"u8)) response.Usage = JsonMembers.Object(ref reader, json);
            else if (name.SequenceEqual("incomplete_details"u8)) response.IncompleteReason = Reason(JsonMembers.Object(ref reader, json));
            else reader.Skip();
        }

        return response;
    }

    private static ReadOnlySpan<byte> Reason(ReadOnlySpan<byte> details)
    {
        if (details.IsEmpty) return default;
        var reader = new Utf8JsonReader(details, JsonDepth.Reader);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isReason = reader.ValueTextEquals("reason"u8);
            reader.Read();
            if (isReason) return JsonMembers.Text(ref reader, details);
            reader.Skip();
        }

        return default;
    }
}
