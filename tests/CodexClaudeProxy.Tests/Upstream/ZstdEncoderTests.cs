using System.Text;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Upstream;

/// <summary>What is compressed can be read by others, looks like the official client's, and costs memory only while it is used.</summary>
public sealed class ZstdEncoderTests : IDisposable
{
    private const int Block = 128 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly ZstdEncoder _encoder;

    public ZstdEncoderTests() => _encoder = new ZstdEncoder(_time);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_023)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(2 * Block)]
    [InlineData(3_000_000)]
    public void A_body_of_any_length_is_read_back(int length)
    {
        byte[] plain = Text(length);
        byte[] encoded = Encode(plain);

        // By the streaming decoder, as a server reads it.
        using var decoder = new ZstdSharp.DecompressionStream(new MemoryStream(encoded));
        using var read = new MemoryStream();
        decoder.CopyTo(read);
        Assert.Equal(plain, read.ToArray());

        using var back = new PooledBuffer();
        ZstdEncoder.Decode(encoded, length, back);
        Assert.Equal(plain, back.Written.ToArray());
    }

    [Fact]
    public void What_cannot_be_compressed_comes_through_too()
    {
        byte[] plain = new byte[5 * Block + 7];
        new Random(1).NextBytes(plain);
        byte[] encoded = Encode(plain);

        Assert.InRange(encoded.Length, plain.Length, plain.Length + 64);
        using var back = new PooledBuffer();
        ZstdEncoder.Decode(encoded, plain.Length, back);
        Assert.Equal(plain, back.Written.ToArray());
    }

    /// <summary>Magic number; a descriptor without size, checksum and dictionary; a window of 2 MiB: so it was captured from Codex CLI 0.169.0.</summary>
    [Theory]
    [InlineData(2_000)]
    [InlineData(68_000)]
    [InlineData(1_000_000)]
    public void The_frame_is_the_official_clients(int length) => Assert.Equal("28B52FFD0058", Convert.ToHexString(Encode(Text(length)).AsSpan(0, 6)));

    [Fact]
    public void A_context_is_used_again_and_makes_the_same_of_the_same()
    {
        byte[] first = Encode(Text(300_000));
        Encode(Text(2_000));

        Assert.Equal(first, Encode(Text(300_000)));
        Assert.Equal(3, _encoder.Count);
        Assert.Equal(1, _encoder.Size.Entries);
        // The streaming encoder, with a window of its own, takes 3.7 MB.
        Assert.InRange(_encoder.Size.Bytes, 500_000, 1_500_000);
    }

    [Fact]
    public void Contexts_are_given_back_a_minute_after_the_last_use()
    {
        Encode(Text(2_000));
        _time.Advance(TimeSpan.FromSeconds(50));
        Encode(Text(2_000));
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, _encoder.Size.Entries);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((0, 0L), (_encoder.Size.Entries, _encoder.Size.Bytes));
        Assert.NotEmpty(Encode(Text(2_000)));
    }

    [Fact]
    public void Many_at_once_do_not_disturb_each_other_and_leave_no_more_contexts_than_there_are_processors()
    {
        byte[] plain = Text(400_000);
        byte[] expected = Encode(plain);

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ => Assert.Equal(expected, Encode(plain)));

        Assert.InRange(_encoder.Size.Entries, 1, Environment.ProcessorCount);
        Assert.InRange(_encoder.Size.Bytes, 1, _encoder.Size.LimitBytes);
    }

    [Fact]
    public void A_cancelled_one_ends_and_its_context_is_not_used_again()
    {
        using var to = new PooledBuffer();
        Assert.Throws<OperationCanceledException>(() => _encoder.Encode(Text(5_000_000), to, new CancellationToken(canceled: true)));

        Assert.Equal(0, _encoder.Size.Entries);
        Assert.NotEmpty(Encode(Text(2_000)));
    }

    [Fact]
    public void Whoever_is_still_at_it_at_the_end_ends_well()
    {
        Encode(Text(2_000));
        _encoder.Dispose();

        Assert.NotEmpty(Encode(Text(2_000)));
        Assert.Equal(0, _encoder.Size.Entries);
    }

    public void Dispose() => _encoder.Dispose();

    private byte[] Encode(byte[] plain)
    {
        using var to = new PooledBuffer();
        _encoder.Encode(plain, to, TestContext.Current.CancellationToken);
        return to.Written.ToArray();
    }

    private static byte[] Text(int length)
    {
        var random = new Random(7);
        var text = new StringBuilder();
        while (text.Length < length) text.Append("word").Append(random.Next(3_000)).Append(' ');
        return Encoding.UTF8.GetBytes(text.ToString(0, length));
    }
}
