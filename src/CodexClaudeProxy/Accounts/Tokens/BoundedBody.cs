namespace CodexClaudeProxy.Accounts.Tokens;

/// <summary>Reads answers of the account services, which are small: whoever sends more is not one of them.</summary>
internal static class BoundedBody
{
    /// <exception cref="IOException">The body is longer than <paramref name="limit"/>.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationToken ct)
    {
        await using Stream stream = await content.ReadAsStreamAsync(ct);
        using MemoryStream body = new();
        byte[] buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
        {
            body.Write(buffer.AsSpan(0, read));
            if (body.Length > limit) throw new IOException("The answer is too long.");
        }

        return body.ToArray();
    }
}
