using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

public sealed class StreamsArriveByteForByte
{
    private static readonly Dictionary<string, Delivery> Deliveries = new Delivery[]
    {
        Delivery.Whole, Delivery.PerEvent, Delivery.OneByte, Delivery.Every(7), Delivery.Every(4096), Delivery.At(1, 100, 101, 2000),
    }.ToDictionary(delivery => delivery.Name);

    public static TheoryData<string> Names => [.. Deliveries.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_fixture_in_every_delivery(string name)
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        using UpstreamCaller caller = new(backend);
        Assert.NotEmpty(Fixtures.Streams);
        foreach (string fixture in Fixtures.Streams)
        {
            byte[] expected = Fixtures.Stream(fixture);
            // A hundred thousand flushes of one byte show nothing that ten thousand do not.
            if (name == Delivery.OneByte.Name && expected.Length > 10_000) continue;
            backend.Answer(Reply.Stream(fixture).Delivered(Deliveries[name]));
            using HttpResponseMessage response = await caller.PostAsync(UpstreamCaller.GoodBody());
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal(expected, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Every_recorded_answer_keeps_its_status_headers_and_body()
    {
        await using FakeBackend backend = await FakeBackend.StartAsync();
        using UpstreamCaller caller = new(backend);
        foreach (string fixture in Fixtures.Answers)
        {
            JsonElement expected = Fixtures.Answer(fixture);
            backend.Answer(Reply.Http(fixture));
            using HttpResponseMessage response = await caller.PostAsync(UpstreamCaller.GoodBody());
            Assert.Equal(expected.GetProperty("status").GetInt32(), (int)response.StatusCode);
            foreach (JsonElement header in expected.GetProperty("headers").EnumerateArray())
            {
                string name = header[0].GetString()!;
                IEnumerable<string> values = response.Headers.Concat(response.Content.Headers)
                    .Where(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).SelectMany(pair => pair.Value);
                Assert.Equal(header[1].GetString(), string.Join(", ", values));
            }
            string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (expected.GetProperty("body").AsText() is { } text) Assert.Equal(text, body);
            else Assert.True(JsonElement.DeepEquals(expected.GetProperty("body"), JsonElement.Parse(body)), fixture);
        }
    }
}
