using System.Text.Json;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What the requests of a time add up to, what the file of them weighs, and how to get or lose it all.</summary>
internal sealed class StatisticsEndpoints(ActivityStore activity, RequestLog requests, Func<string, string?> labelOf, TimeProvider time)
{
    private static readonly (string Word, TimeSpan? Length)[] Ranges =
    [
        ("1h", TimeSpan.FromHours(1)), ("24h", TimeSpan.FromDays(1)), ("7d", TimeSpan.FromDays(7)),
        ("30d", TimeSpan.FromDays(30)), ("90d", TimeSpan.FromDays(90)), ("all", null),
    ];

    private static readonly (string Word, Dimension Dimension)[] Dimensions =
    [
        ("none", Dimension.None), ("account", Dimension.Account), ("model", Dimension.Model), ("requestedModel", Dimension.RequestedModel),
        ("project", Dimension.Project), ("session", Dimension.Session), ("errorType", Dimension.ErrorType),
        ("sideCall", Dimension.SideCall),
    ];

    public void MapTo(Routes routes)
    {
        routes.Get("/api/stats", WriteAsync).Delete("/api/stats", ForgetAsync).Get("/api/stats/storage", WriteStorageAsync);
        routes.Get("/api/stats/export", new StatisticsExport(activity, labelOf, RangeOf).WriteAsync);
    }

    private async Task WriteAsync(HttpContext http)
    {
        StatisticsRange range = RangeOf(http);
        string word = QueryText.Of(http.Request.Query, "by") ?? "none";
        int at = Array.FindIndex(Dimensions, known => known.Word == word);
        if (at < 0) throw Invalid("by", Dimensions.Select(known => known.Word));

        Dimension by = Dimensions[at].Dimension;
        // Without a file nothing has happened yet.
        StatisticsReport report = await activity.ReadAsync(database => Statistics.Of(database, range, by), http.RequestAborted)
            ?? new StatisticsReport(range.From ?? range.To, range.To, Rollups.Hour, new Tally(), [], [], null, null);
        await JsonReply.WriteAsync(http, json => Write(json, report, by));
    }

    private async Task WriteStorageAsync(HttpContext http)
    {
        StorageReport report = await activity.ReportAsync(http.RequestAborted);
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("on"u8, activity.IsOn);
            json.WriteString("path"u8, report.Path);
            json.WriteNumber("bytes"u8, report.Bytes);
            json.WriteNumber("limitBytes"u8, report.LimitBytes);
            json.WriteNumber("rows"u8, report.Rows);
            Times.Write(json, "oldest", report.Oldest);
            json.WriteNumber("lost"u8, activity.Lost);
            json.WriteEndObject();
        });
    }

    private async Task ForgetAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        if (!body.RootElement.TryGetProperty("confirm"u8, out JsonElement confirm) || confirm.ValueKind != JsonValueKind.True)
            throw new InvalidRequestException(ApiError.Invalid("This forgets all statistics. Send {\"confirm\":true} to do so", "confirm"));

        try
        {
            await activity.ClearAsync(http.RequestAborted);
        }
        catch (SqliteException e)
        {
            throw new InvalidRequestException(new ApiError(ApiErrorType.Api, StatusCodes.Status503ServiceUnavailable, $"The statistics cannot be changed now: {e.Message}"));
        }

        requests.Clear();
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteEndObject();
        });
    }

    private StatisticsRange RangeOf(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset? from = QueryText.Time(query, "from");
        DateTimeOffset? to = QueryText.Time(query, "to");
        if (from is not null || to is not null) return new StatisticsRange(from, to ?? now);

        string word = QueryText.Of(query, "range") ?? "24h";
        int at = Array.FindIndex(Ranges, known => known.Word == word);
        if (at < 0) throw Invalid("range", Ranges.Select(known => known.Word));
        return new StatisticsRange(now - Ranges[at].Length, now);
    }

    private static InvalidRequestException Invalid(string member, IEnumerable<string> words) =>
        new(ApiError.Invalid($"{member} must be one of: {string.Join(", ", words)}", member));

    private void Write(Utf8JsonWriter json, StatisticsReport report, Dimension by)
    {
        json.WriteStartObject();
        json.WriteString("from"u8, Times.Iso(report.From));
        json.WriteString("to"u8, Times.Iso(report.To));
        json.WriteNumber("bucketSeconds"u8, report.BucketSeconds);
        json.WritePropertyName("totals"u8);
        Write(json, report.Totals);
        json.WriteStartArray("series"u8);
        foreach ((DateTimeOffset at, Tally tally) in report.Series)
        {
            json.WriteStartObject();
            json.WriteString("at"u8, Times.Iso(at));
            WriteMembers(json, tally);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("groups"u8);
        foreach ((string? key, Tally tally) in report.Groups)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, key);
            json.WriteString("label"u8, key is not null && by == Dimension.Account ? labelOf(key) ?? key : key);
            WriteMembers(json, tally);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("previous"u8);
        Write(json, report.Previous);
        Times.Write(json, "since", report.Since);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Tally? tally)
    {
        if (tally is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        WriteMembers(json, tally);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, Tally tally)
    {
        json.WriteNumber("requests"u8, tally.Requests);
        json.WriteNumber("failed"u8, tally.Failed);
        json.WriteNumber("left"u8, tally.Left);
        WriteSum("fresh"u8, tally.Fresh);
        WriteSum("cached"u8, tally.Cached);
        WriteSum("written"u8, tally.Written);
        WriteSum("output"u8, tally.Output);
        WriteSum("reasoning"u8, tally.Reasoning);
        if (tally.CacheHitRate is { } rate) json.WriteNumber("cacheHitRate"u8, Math.Round(rate, 4));
        else json.WriteNull("cacheHitRate"u8);
        WriteTime("firstTokenP50Ms"u8, tally.FirstToken, 0.5);
        WriteTime("firstTokenP95Ms"u8, tally.FirstToken, 0.95);
        WriteTime("totalP50Ms"u8, tally.Total, 0.5);
        WriteTime("totalP95Ms"u8, tally.Total, 0.95);

        void WriteSum(ReadOnlySpan<byte> name, long sum)
        {
            if (tally.IsUnmeasured) json.WriteNull(name);
            else json.WriteNumber(name, sum);
        }

        void WriteTime(ReadOnlySpan<byte> name, Histogram times, double part)
        {
            if (times.Percentile(part) is { } known) json.WriteNumber(name, known);
            else json.WriteNull(name);
        }
    }
}
