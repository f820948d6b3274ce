using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

/// <summary>What a signature of ours holds.</summary>
internal readonly ref struct Signature
{
    /// <summary>Whose reasoning it is; empty when another proxy wrote the bare encrypted content.</summary>
    public ReadOnlySpan<byte> AccountMark { get; init; }

    public ReadOnlySpan<byte> EncryptedContent { get; init; }

    /// <summary>UTF-16 lengths of the summary parts the client was shown; null when nothing is known of them.</summary>
    public int[]? SummaryLengths { get; init; }
}

/// <summary>
/// The signature of a thinking block: <c>cx1.&lt;base64url of {"i","a","m","s"}&gt;.&lt;encrypted content&gt;</c>. The client gives it
/// back unchanged, so the encrypted reasoning of the backend needs no store on our side.
/// </summary>
public static class ReasoningSignature
{
    /// <summary>A longer signature is not given; the block then has an empty one.</summary>
    public const int LongestSignature = 8 * 1024 * 1024;

    private const int LongestMeta = 64 * 1024;

    private static readonly SearchValues<byte> EncryptedBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/="u8);

    private static readonly SearchValues<byte> UrlSafeBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-="u8);

    internal static ReadOnlySpan<byte> Prefix => "cx1."u8;

    /// <summary>First 8 hexadecimal digits of the SHA-256 of an account id.</summary>
    public static string MarkOf(string accountId) => CallId.Digest(accountId, 8);

    /// <summary>First 16 hexadecimal digits of the SHA-256: what a rejected reasoning is remembered by.</summary>
    public static string HashOf(ReadOnlySpan<byte> encryptedContent)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(encryptedContent, hash);
        return Convert.ToHexStringLower(hash[..8]);
    }

    /// <summary>
    /// Writes the signature, which needs no escaping inside a JSON string. False, and nothing written, when the encrypted
    /// content is none or too long.
    /// </summary>
    /// <param name="to">Receives ASCII.</param>
    /// <param name="itemId">The upstream id of the reasoning item, as UTF-8.</param>
    /// <param name="accountMark">See <see cref="MarkOf"/>.</param>
    /// <param name="model">The upstream model.</param>
    /// <param name="summaryLengths">UTF-16 lengths of the summary parts that were shown, in order.</param>
    /// <param name="encryptedContent">The final one of the item, as UTF-8.</param>
    public static bool TryWriteSignature(
        IBufferWriter<byte> to,
        ReadOnlySpan<byte> itemId,
        string accountMark,
        string model,
        ReadOnlySpan<int> summaryLengths,
        ReadOnlySpan<byte> encryptedContent)
    {
        if (!IsEncryptedContent(encryptedContent)) return false;
        using var meta = new PooledBuffer();
        WriteMeta(meta, itemId, accountMark, model, summaryLengths);
        var metaLength = Base64Url.GetEncodedLength(meta.Length);
        if (metaLength > LongestMeta || Prefix.Length + metaLength + 1 + encryptedContent.Length > LongestSignature) return false;

        to.Write(Prefix);
        to.Advance(Base64Url.EncodeToUtf8(meta.Written, to.GetSpan(metaLength)));
        to.Write("."u8);
        to.Write(encryptedContent);
        return true;
    }

    /// <summary>Reads a signature or the data of redacted thinking; false for everybody else's.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> text, out Signature signature)
    {
        signature = default;
        if (!text.StartsWith(Prefix))
        {
            // Other proxies put the bare encrypted content there.
            if (!text.StartsWith("gAAAA"u8) || text.Length < 17 || text.ContainsAnyExcept(UrlSafeBytes)) return false;
            signature = new Signature { EncryptedContent = text };
            return true;
        }

        text = text[Prefix.Length..];
        var dot = text.IndexOf("."u8);
        if (dot is < 1 or > LongestMeta || !IsEncryptedContent(text[(dot + 1)..])) return false;
        return TryReadMeta(text[..dot], text[(dot + 1)..], out signature);
    }

    internal static bool IsEncryptedContent(ReadOnlySpan<byte> text) => text.Length >= 16 && !text.ContainsAnyExcept(EncryptedBytes);

    private static void WriteMeta(PooledBuffer meta, ReadOnlySpan<byte> itemId, string accountMark, string model, ReadOnlySpan<int> lengths)
    {
        meta.Append("{\"i\":\""u8);
        JsonText.Escape(itemId, meta);
        meta.Append("\",\"a\":\""u8);
        JsonText.Escape(accountMark, meta);
        meta.Append("\",\"m\":\""u8);
        JsonText.Escape(model, meta);
        meta.Append("\",\"s\":["u8);
        for (var i = 0; i < lengths.Length; i++)
        {
            if (i > 0) meta.Append(","u8);
            Utf8Formatter.TryFormat(lengths[i], meta.GetSpan(11), out var written);
            meta.Advance(written);
        }

        meta.Append("]}"u8);
    }

    private static bool TryReadMeta(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> encryptedContent, out Signature signature)
    {
        signature = default;
        var meta = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        if (Base64Url.DecodeFromUtf8(encoded, meta, out _, out var length) != OperationStatus.Done) return false;
        try
        {
            var reader = new Utf8JsonReader(meta.AsSpan(0, length), JsonDepth.Reader);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            ReadOnlySpan<byte> mark = default;
            int[]? lengths = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMark = reader.ValueTextEquals("a"u8);
                var isLengths = reader.ValueTextEquals("s"u8);
                if (!reader.Read()) return false;
                if (isMark && reader.TokenType == JsonTokenType.String) mark = reader.ValueSpan;
                else if (isLengths && reader.TokenType == JsonTokenType.StartArray) lengths = ReadLengths(ref reader);
                else reader.Skip();
            }

            signature = new Signature { AccountMark = mark, EncryptedContent = encryptedContent, SummaryLengths = lengths };
            return !mark.IsEmpty && lengths is not null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return false; // damaged on the way, or not ours at all
        }
    }

    private static int[] ReadLengths(ref Utf8JsonReader reader)
    {
        var lengths = new List<int>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) lengths.Add(reader.GetInt32());
        return [.. lengths];
    }
}
