using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>What <c>GET /wham/rate-limit-reset-credits</c> answers, as far as it is understood. It may list fewer than there are, and used ones too.</summary>
internal sealed record CreditsAnswer
{
    [JsonConverter(typeof(LenientList<CreditAnswer>))]
    public IReadOnlyList<CreditAnswer>? Credits { get; init; }
}

/// <summary>One banked reset.</summary>
internal sealed record CreditAnswer
{
    public string? Id { get; init; }

    /// <summary><c>available</c>, <c>redeeming</c>, <c>redeemed</c>; others may come.</summary>
    public string? Status { get; init; }

    /// <summary>For people.</summary>
    public string? Title { get; init; }

    /// <summary>Null when it does not expire.</summary>
    [JsonConverter(typeof(LenientMoment))]
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What is sent to redeem one.</summary>
/// <param name="RedeemRequestId">The same for every repetition, so that nothing is spent twice.</param>
/// <param name="CreditId">Absent where upstream is to choose.</param>
internal sealed record ConsumeRequest(string RedeemRequestId, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CreditId);

/// <summary>What came of it.</summary>
internal sealed record ConsumeAnswer
{
    /// <summary><c>reset</c>, <c>nothing_to_reset</c>, <c>no_credit</c> or <c>already_redeemed</c>; others may come.</summary>
    public string? Code { get; init; }
}

/// <summary>A time as ISO 8601, or in seconds or milliseconds since 1970; anything else is null.</summary>
internal sealed class LenientMoment : JsonConverter<DateTimeOffset?>
{
    /// <summary>In seconds this would be in the year 5138.</summary>
    private const double LeastMilliseconds = 1e11;

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return Times.TryParse(reader.GetString());
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double number)) return number < LeastMilliseconds ? Times.FromSeconds(number) : Times.FromMilliseconds(number);
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) => writer.WriteStringValue(Times.Iso(value!.Value));
}

/// <summary>What the backend is asked about banked resets and answers, with names in snake_case.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(LenientText), typeof(LenientNumber), typeof(LenientFlag)],
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(CreditsAnswer))]
[JsonSerializable(typeof(ConsumeRequest))]
[JsonSerializable(typeof(ConsumeAnswer))]
internal sealed partial class CreditsContext : JsonSerializerContext;
