using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Json;

/// <summary>The two spellings of time in the account files: ISO 8601 with milliseconds and Z, and numbers since 1970.</summary>
internal static class Times
{
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? TryParse(string? iso) =>
        DateTimeOffset.TryParse(iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : null;

    /// <summary>Null for what no calendar holds.</summary>
    public static DateTimeOffset? FromSeconds(double seconds) =>
        seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Floor(seconds * 1000)) : null;

    public static DateTimeOffset? FromMilliseconds(double milliseconds) => FromSeconds(milliseconds / 1000);
}

/// <summary>Times in contracts: ISO 8601 with milliseconds and Z.</summary>
internal sealed class IsoTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Times.TryParse(reader.GetString()) is { } time ? time : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Times.Iso(value));
}
