using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection;

namespace CodexClaudeProxy.Scripts;

/// <summary>Makes the embedded vocabulary, whose format <c>Tokens/Vocabulary.cs</c> describes, from the published one.</summary>
public static class VocabularyFile
{
    /// <summary>The tokens in rank order, out of the data package: a line with their number, then one base64 line each.</summary>
    public static byte[][] PublishedTokens()
    {
        using var packed = Assembly.Load("Microsoft.ML.Tokenizers.Data.O200kBase").GetManifestResourceStream("o200k_base.tiktoken.deflate")!;
        using var lines = new StreamReader(new DeflateStream(packed, CompressionMode.Decompress));
        lines.ReadLine();
        var tokens = new List<byte[]>();
        while (lines.ReadLine() is { } line) tokens.Add(Convert.FromBase64String(line));
        return [.. tokens];
    }

    public static byte[] Make(byte[][] tokens)
    {
        var file = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, tokens.Length);
        file.Write(number);
        BinaryPrimitives.WriteInt32LittleEndian(number, tokens.Sum(token => token.Length));
        file.Write(number);

        ReadOnlySpan<byte> previous = [];
        foreach (var (rank, token) in tokens.Index().Order(Comparer<(int Index, byte[] Token)>.Create(
            (left, right) => left.Token.AsSpan().SequenceCompareTo(right.Token))))
        {
            var kept = previous.CommonPrefixLength(token);
            var drop = previous.Length - kept;
            var append = token.Length - kept;
            BinaryPrimitives.WriteInt32LittleEndian(number, rank | Math.Min(drop, 7) << 18 | (append < 8 ? append : 0) << 21);
            file.Write(number[..3]);
            if (drop >= 7) file.WriteByte(checked((byte)drop));
            if (append >= 8) file.WriteByte(checked((byte)append));
            file.Write(token.AsSpan(kept));
            previous = token;
        }

        return file.ToArray();
    }
}
