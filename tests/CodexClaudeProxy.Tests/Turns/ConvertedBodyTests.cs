using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Of a body that was sent compressed no more is kept than that, and nothing is lost by it.</summary>
public sealed class ConvertedBodyTests : IDisposable
{
    private readonly ZstdEncoder _encoder = new(TimeProvider.System);
    private readonly ConvertedBody _body = new();
    private readonly byte[] _plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5_000).Select(static i => $"{{\"n\":{i}}},")));

    public ConvertedBodyTests() => _body.Begin(0).Write(_plain);

    [Fact]
    public void It_is_compressed_once()
    {
        ReadOnlyMemory<byte> first = Compressed();
        ReadOnlyMemory<byte> second = Compressed();
        _body.Fold();
        ReadOnlyMemory<byte> third = Compressed();

        Assert.True(first.Equals(second) && second.Equals(third));
        Assert.Equal(1, _encoder.Count);
    }

    [Fact]
    public void The_plain_one_is_given_back_and_made_again()
    {
        MemoryMarshal.TryGetArray(_body.Plain, out ArraySegment<byte> before);
        Compressed();
        _body.Fold();
        _body.Fold();
#if DEBUG
        // What is given back is overwritten in these builds.
        Assert.All(before, static b => Assert.Equal(0xDD, b));
#endif
        Assert.Equal(_plain.Length, _body.Length);
        Assert.Equal(_plain, _body.Plain.ToArray());
        Assert.Equal(_plain, _body.Plain.ToArray());

        _body.Fold();
        Assert.Equal(_plain, _body.Plain.ToArray());
    }

    [Fact]
    public void What_was_not_compressed_stays()
    {
        _body.Fold();

        Assert.Equal(_plain, _body.Plain.ToArray());
    }

    [Fact]
    public void Another_body_takes_the_place_of_both()
    {
        Compressed();
        _body.Fold();
        _body.Begin(0).Write("other"u8);

        Assert.Equal("other"u8.ToArray(), _body.Plain.ToArray());
        Assert.Equal(5, _body.Length);
        Assert.NotEqual(0, Compressed().Length);
        Assert.Equal(2, _encoder.Count);
    }

    [Fact]
    public void A_cancelled_compression_leaves_no_half_of_one()
    {
        byte[] large = [.. Enumerable.Repeat(_plain, 10).SelectMany(static part => part)];
        _body.Begin(0).Write(large);
        Assert.Throws<OperationCanceledException>(() => _body.Compressed(_encoder, new CancellationToken(canceled: true)));
        Compressed();
        _body.Fold();

        Assert.Equal(large, _body.Plain.ToArray());
    }

    [Fact]
    public void Given_back_nothing_is_left()
    {
        Compressed();
        _body.Fold();
        _body.Dispose();

        Assert.True(_body.Plain.IsEmpty);
        Assert.Equal(0, _body.Length);
    }

    public void Dispose()
    {
        _body.Dispose();
        _encoder.Dispose();
    }

    private ReadOnlyMemory<byte> Compressed() => _body.Compressed(_encoder, TestContext.Current.CancellationToken);
}
