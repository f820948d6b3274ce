using System.Text;
using CodexClaudeProxy.Protocol.Sse;
using CsCheck;

namespace CodexClaudeProxy.Protocol.Tests.Sse;

public sealed class SseReaderTests
{
    [Theory]
    [InlineData("data: a\n\n", "a")]
    [InlineData("event: x\ndata: a\n\n", "a")]
    [InlineData("data:a\n\n", "a")]
    [InlineData("data:  a\n\n", " a")]
    [InlineData("data: a\r\n\r\n", "a")]
    [InlineData("data: a\r\rdata: b\r\r", "a|b")]
    [InlineData("data: a\ndata: b\n\n", "a\nb")]
    [InlineData("data: a\ndata\ndata: b\n\n", "a\n\nb")]
    [InlineData(": comment\n\ndata: a\n\n", "a")]
    [InlineData("id: 1\nretry: 5\ndata: a\n\n", "a")]
    [InlineData("dataset: x\ndata: a\n\n", "a")]
    [InlineData("\uFEFFdata: a\n\n", "a")]
    [InlineData("event: only\n\ndata: a\n\n", "a")]
    [InlineData("data: a\u2028b\n\n", "a\u2028b")]
    [InlineData("data: a", "a")]
    [InlineData("data: a\n", "a")]
    [InlineData("data: a\n\ndata: cut", "a|cut")]
    [InlineData("\n\n\n", "")]
    [InlineData("", "")]
    public void Frames_are_read_as_the_standard_says(string stream, string expected)
    {
        Assert.Equal(expected, string.Join('|', ReadAll(Encoding.UTF8.GetBytes(stream), [])));
    }

    [Fact]
    public void Any_split_of_the_bytes_gives_the_same_events()
    {
        string[] lines =
        [
            "data: {\"type\":\"x\"}", "data: größe 😀", "data:", "data", ": ping", "event: response.created", "id: 7", "", "", "data: " + new string('a', 300),
        ];
        string[] endings = ["\n", "\r\n", "\r"];
        var line = Gen.Int[0, lines.Length - 1].Select(i => lines[i]);
        var ending = Gen.Int[0, endings.Length - 1].Select(i => endings[i]);
        var stream = Gen.Select(line, ending, (l, e) => l + e).Array[0, 40].Select(string.Concat);
        Gen.Select(stream, Gen.Int[1, 9].Array[0, 200]).Sample((text, cuts) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return ReadAll(bytes, []).SequenceEqual(ReadAll(bytes, cuts));
        });
    }

    [Fact]
    public void A_long_line_in_many_pieces_is_one_event()
    {
        var text = new string('x', 1_000_000);
        var events = ReadAll(Encoding.UTF8.GetBytes($"data: {text}\n\n"), [.. Enumerable.Repeat(7, 200_000)]);
        Assert.Equal([text], events);
    }

    [Fact]
    public void An_endless_event_is_refused()
    {
        using var reader = new SseReader();
        var piece = new byte[1024 * 1024];
        piece.AsSpan().Fill((byte)'x');
        Assert.Throws<InvalidDataException>(() =>
        {
            for (var i = 0; i < 65; i++)
            {
                ReadOnlySpan<byte> bytes = piece;
                reader.TryRead(ref bytes, out _);
            }
        });
    }

    /// <param name="cuts">Lengths of the pieces, repeated as needed; none for one piece.</param>
    private static List<string> ReadAll(byte[] stream, int[] cuts)
    {
        using var reader = new SseReader();
        List<string> events = [];
        var position = 0;
        for (var i = 0; position < stream.Length; i++)
        {
            var length = cuts.Length == 0 ? stream.Length : Math.Min(cuts[i % cuts.Length], stream.Length - position);
            ReadOnlySpan<byte> piece = stream.AsSpan(position, length);
            position += length;
            while (reader.TryRead(ref piece, out var data)) events.Add(Encoding.UTF8.GetString(data));
        }

        if (reader.TryComplete(out var last)) events.Add(Encoding.UTF8.GetString(last));
        return events;
    }
}
