using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Login;

/// <summary>Asks for a code to show.</summary>
/// <param name="ClientId">The official client's.</param>
internal sealed record DeviceCodeRequest(string ClientId);

/// <summary>A code to show.</summary>
internal sealed record DeviceCodeReply
{
    /// <summary>Known to this program alone: it redeems the login.</summary>
    public string? DeviceAuthId { get; init; }

    public string? UserCode { get; init; }

    /// <summary>Seconds between two looks; null when it is none that makes sense.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public double? Interval { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public override string ToString() => "device code";
}

/// <summary>Asks whether the person has entered the code.</summary>
internal sealed record DeviceTokenRequest(string DeviceAuthId, string UserCode)
{
    public override string ToString() => "device token";
}

/// <summary>The person has entered the code.</summary>
internal sealed record DeviceTokenReply
{
    /// <summary>What is exchanged for tokens.</summary>
    public string? AuthorizationCode { get; init; }

    /// <summary>Chosen by the issuer in this flow.</summary>
    public string? CodeVerifier { get; init; }

    public override string ToString() => "device token";
}

/// <summary>A string of seconds, as the official client reads it; a number is understood too.</summary>
internal sealed class SecondsConverter : JsonConverter<double?>
{
    public override double? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return reader.TryGetDouble(out double number) ? number : null;
        if (reader.TokenType == JsonTokenType.String) return double.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out double told) ? told : null;
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, double? value, JsonSerializerOptions options) => throw new NotSupportedException();
}
