using System.Text;
using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.Tests;

/// <summary>Built streams look like recorded ones, and broken ones break where the script says.</summary>
public sealed class ScriptedStreams : IAsyncLifetime
{
    private FakeBackend _backend = null!;
    private UpstreamCaller _caller = null!;

    public async ValueTask InitializeAsync()
    {
        _backend = await FakeBackend.StartAsync();
        _caller = new UpstreamCaller(_backend);
    }

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return _backend.DisposeAsync();
    }

    [Fact]
    public void A_built_event_has_no_member_that_recorded_ones_of_its_type_lack()
    {
        Dictionary<string, HashSet<string>> recorded = [];
        IEnumerable<string> wellFramed = Fixtures.Streams.Where(name => !name.StartsWith("framing", StringComparison.Ordinal));
        foreach (JsonElement data in wellFramed.SelectMany(name => Events(Fixtures.Stream(name))))
        {
            if (!recorded.TryGetValue(data.GetProperty("type").GetString()!, out HashSet<string>? members))
            {
                recorded[data.GetProperty("type").GetString()!] = members = [];
            }
            members.UnionWith(Members(data));
        }

        Reply built = Reply.Sse(new StreamScript()
            .Reasoning("**One**", "**Two**")
            .Text("Some text", phase: "commentary")
            .WebSearch("query", "https://example.com")
            .Calls(new FunctionCall("a", "{}"))
            .InterleavedCalls(new("a", """{"x":1}"""), new("b", """{"y":"long enough to take several pieces"}""", Namespace: "n"))
            .CustomCall("c", "raw input")
            .Refusal("No.")
            .KeepAlive()
            .Error("server_error", "server_error", "m")
            .Failed("server_error", "m")
            .Incomplete("max_output_tokens")
            .Completed(new(1, 2, 3, 4, CacheWrite: 5), endTurn: false));

        JsonElement[] events = [.. Events(built.BodyBytes())];
        Assert.Equal(Enumerable.Range(0, events.Length), events.Select(data => data.GetProperty("sequence_number").GetInt32()));
        foreach (JsonElement data in events)
        {
            string type = data.GetProperty("type").GetString()!;
            Assert.True(recorded.ContainsKey(type), type);
            Assert.Empty(Members(data).Except(recorded[type]));
        }
    }

    [Fact]
    public void Deltas_add_up_and_never_split_a_surrogate_pair()
    {
        const string Text = "a😀b😀😀c";
        Reply built = Reply.Sse(new StreamScript { PieceLength = 2 }.Text(Text).Completed());
        string[] deltas =
        [
            .. from data in Events(built.BodyBytes())
               where data.GetText("type") == "response.output_text.delta"
               select data.GetText("delta")!,
        ];
        Assert.Equal(Text, string.Concat(deltas));
        Assert.All(deltas, delta => Assert.False(char.IsHighSurrogate(delta[^1])));
    }

    [Fact]
    public async Task A_held_stream_goes_on_when_the_gate_opens()
    {
        Gate gate = new();
        _backend.Answer(Reply.Sse(new StreamScript().Text(["one", "two"], (script, _) => script.Hold(gate)).Completed()));
        using HttpResponseMessage response = await _caller.PostAsync(UpstreamCaller.GoodBody());
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        await ReadUntilAsync(reader, "\"delta\":\"one\"");
        await gate.Reached.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(_backend.Requests[0].Ended.IsCompleted);
        gate.Open();
        await ReadUntilAsync(reader, "\"delta\":\"two\"");
        await ReadUntilAsync(reader, "response.completed");
        Assert.Equal(RequestEnd.Answered, await _backend.Requests[0].Ended);
    }

    [Fact]
    public async Task A_client_that_leaves_is_noticed_while_the_stream_is_held()
    {
        Gate gate = new();
        _backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("one").Hold(gate)));
        HttpResponseMessage response = await _caller.PostAsync(UpstreamCaller.GoodBody());
        await gate.Reached.WaitAsync(TestContext.Current.CancellationToken);
        response.Dispose();
        Assert.Equal(RequestEnd.ClientLeft, await _backend.Requests[0].Ended.WaitAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_aborted_connection_delivers_what_came_before_and_is_not_a_clean_end()
    {
        _backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("one").AbortConnection()));
        using HttpResponseMessage response = await _caller.PostAsync(UpstreamCaller.GoodBody());
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        await ReadUntilAsync(reader, "\"delta\":\"one\"");
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(RequestEnd.Aborted, await _backend.Requests[0].Ended);
    }

    [Fact]
    public async Task An_unfinished_script_ends_cleanly_and_too_early()
    {
        _backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("one")));
        using HttpResponseMessage response = await _caller.PostAsync(UpstreamCaller.GoodBody());
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("\n\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("response.completed", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queued_answers_come_first_and_a_refused_request_takes_none()
    {
        _backend.Answer(Reply.Text("queued"));
        _backend.AnswerAll(request => Reply.Text($"asked {request.LastUserText}"));
        using HttpResponseMessage refused = await _caller.PostAsync(new System.Text.Json.Nodes.JsonObject { ["temperature"] = 1 });
        using HttpResponseMessage first = await _caller.PostAsync(UpstreamCaller.GoodBody());
        using HttpResponseMessage second = await _caller.PostAsync(UpstreamCaller.GoodBody());
        string[] bodies =
        [
            await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        ];
        Assert.Contains("\"text\":\"queued\"", bodies[0], StringComparison.Ordinal);
        Assert.Contains("\"text\":\"asked Hello\"", bodies[1], StringComparison.Ordinal);
    }

    private static async Task ReadUntilAsync(StreamReader reader, string text)
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal)) return;
        }
        Assert.Fail($"the stream ended without {text}");
    }

    /// <summary>The events of a stream; one that was cut off in its middle is none.</summary>
    private static IEnumerable<JsonElement> Events(byte[] stream)
    {
        foreach (string line in Encoding.UTF8.GetString(stream).Split("\n\n").SkipLast(1).SelectMany(frame => frame.Split('\n')))
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal)) yield return JsonElement.Parse(line[6..]);
        }
    }

    /// <summary>All members, also of the item and the response inside, as paths.</summary>
    private static IEnumerable<string> Members(JsonElement data) =>
        from member in data.EnumerateObject()
        from path in IsOpen(member) ? Members(member.Value).Select(inner => $"{member.Name}.{inner}") : [member.Name]
        select path;

    private static bool IsOpen(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Object && member.Name is ("item" or "response" or "part" or "usage" or "error");
}
