using System.Buffers.Binary;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>The table <c>requests</c>: entries in and out.</summary>
internal static class RequestRows
{
    /// <summary>For statements whose rows <see cref="Read"/> understands.</summary>
    public const string Columns = """
        id, request, received, ended, path, client, requested, upstream, lane, effort, streamed, account, conversation, session, agent, project,
        status, outcome, stop, error_type, error_code, error_message, attempts, held, connect, first_event, first_token, total,
        fresh, cached, written, output, reasoning, estimated, searches, side, access_key
        """;

    private const string Prefix = "req_";
    private const int Digits = 24;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly string Insertion = $"INSERT INTO requests({Columns}) VALUES(NULL{string.Concat(Enumerable.Repeat(", ?", 36))})";

    public static void Insert(Database database, Words words, RequestEntry entry)
    {
        RequestTokens? tokens = entry.Tokens;
        database.Prepare(Insertion)
            .Bind(1, KeyOf(entry.Id))
            .Bind(2, entry.Received.ToUnixTimeMilliseconds())
            .Bind(3, entry.Ended.ToUnixTimeMilliseconds())
            .Bind(4, words.IdOf(entry.Path))
            .Bind(5, words.IdOf(entry.UserAgent))
            .Bind(6, words.IdOf(entry.RequestedModel))
            .Bind(7, words.IdOf(entry.UpstreamModel))
            .Bind(8, words.IdOf(entry.Lane))
            .Bind(9, words.IdOf(entry.Effort))
            .Bind(10, entry.Streamed ? 1 : 0)
            .Bind(11, words.IdOf(entry.Account))
            .Bind(12, words.IdOf(entry.Conversation))
            .Bind(13, words.IdOf(entry.Session))
            .Bind(14, words.IdOf(entry.Agent))
            .Bind(15, words.IdOf(entry.Project))
            .Bind(16, entry.Status)
            .Bind(17, (long)entry.Outcome)
            .Bind(18, words.IdOf(entry.StopReason))
            .Bind(19, words.IdOf(entry.ErrorType))
            .Bind(20, words.IdOf(entry.ErrorCode))
            .Bind(21, entry.ErrorMessage)
            .Bind(22, entry.Attempts)
            .Bind(23, entry.HeldMs)
            .Bind(24, entry.ConnectMs)
            .Bind(25, entry.FirstEventMs)
            .Bind(26, entry.FirstTokenMs)
            .Bind(27, entry.TotalMs)
            .Bind(28, tokens?.Fresh)
            .Bind(29, tokens?.Cached)
            .Bind(30, tokens?.Written)
            .Bind(31, tokens?.Output)
            .Bind(32, tokens?.Reasoning)
            .Bind(33, tokens is { Estimated: true } ? 1 : 0)
            .Bind(34, entry.WebSearches)
            .Bind(35, words.IdOf(entry.SideCall))
            .Bind(36, words.IdOf(entry.Key))
            .Run();
    }

    public static RequestEntry Read(Statement row, Words words) => new()
    {
        Id = IdOf(row.Bytes(1)),
        Received = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(2)),
        Ended = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(3)),
        Path = words.TextOf(row.Number(4)) ?? "",
        UserAgent = words.TextOf(row.Number(5)),
        RequestedModel = words.TextOf(row.Number(6)),
        UpstreamModel = words.TextOf(row.Number(7)),
        Lane = words.TextOf(row.Number(8)),
        Effort = words.TextOf(row.Number(9)),
        Streamed = row.Long(10) != 0,
        Account = words.TextOf(row.Number(11)),
        Conversation = words.TextOf(row.Number(12)),
        Session = words.TextOf(row.Number(13)),
        Agent = words.TextOf(row.Number(14)),
        Project = words.TextOf(row.Number(15)),
        Status = (int?)row.Number(16),
        Outcome = (RequestOutcome)row.Long(17),
        StopReason = words.TextOf(row.Number(18)),
        ErrorType = words.TextOf(row.Number(19)),
        ErrorCode = words.TextOf(row.Number(20)),
        ErrorMessage = row.Text(21),
        Attempts = (int)row.Long(22),
        HeldMs = (int)row.Long(23),
        ConnectMs = (int?)row.Number(24),
        FirstEventMs = (int?)row.Number(25),
        FirstTokenMs = (int?)row.Number(26),
        TotalMs = (int)row.Long(27),
        Tokens = row.Number(28) is { } fresh
            ? new RequestTokens(fresh, row.Long(29), row.Long(30), row.Long(31), row.Long(32), row.Long(33) != 0)
            : null,
        WebSearches = (int)row.Long(34),
        SideCall = words.TextOf(row.Number(35)),
        Key = words.TextOf(row.Number(36)),
    };

    /// <summary>What <see cref="AddTo"/> reads, in its order.</summary>
    public const string TallyColumns = "outcome, first_token, total, fresh, cached, written, output, reasoning";

    /// <summary>Adds a request to a tally.</summary>
    /// <param name="first">Where in the row <see cref="TallyColumns"/> begin.</param>
    /// <returns>Its tokens; null when it has none.</returns>
    public static RequestTokens? AddTo(Tally tally, Statement row, int first)
    {
        RequestTokens? tokens = row.Number(first + 3) is { } fresh
            ? new RequestTokens(fresh, row.Long(first + 4), row.Long(first + 5), row.Long(first + 6), row.Long(first + 7), false)
            : null;
        tally.Add((RequestOutcome)row.Long(first), tokens, (int?)row.Number(first + 1), (int)row.Long(first + 2));
        return tokens;
    }

    /// <summary>An id is a number of 128 bits in 24 digits; half the file would be made of ids if they were kept as text.</summary>
    public static byte[] KeyOf(string id)
    {
        UInt128 number = 0;
        foreach (char digit in id.AsSpan(id.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix.Length : 0))
            number = unchecked(number * 62 + (UInt128)Math.Max(0, Base62.IndexOf(digit)));
        var key = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, number);
        return key;
    }

    public static string IdOf(ReadOnlySpan<byte> key)
    {
        UInt128 number = BinaryPrimitives.ReadUInt128BigEndian(key);
        Span<char> digits = stackalloc char[Digits];
        for (int i = Digits - 1; i >= 0; i--) (number, digits[i]) = (number / 62, Base62[(int)(number % 62)]);
        return string.Concat(Prefix, digits);
    }
}
