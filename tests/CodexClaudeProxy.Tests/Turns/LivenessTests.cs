using System.Text;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Turns;

/// <summary>Silence, disconnects and the end of the program.</summary>
public sealed class LivenessTests
{
    [Fact]
    public async Task A_client_that_leaves_ends_the_upstream_call()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        var gate = new Gate();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("half").Hold(gate)));
        using (var leaving = new CancellationTokenSource())
        {
            HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask(stream: true), cancellation: leaving.Token);
            await using Stream body = await response.Content.ReadAsStreamAsync(leaving.Token);
            await body.ReadExactlyAsync(new byte[16], leaving.Token);
            await gate.Reached;
            response.Dispose();
        }

        ReceivedRequest request = await proxy.Backend.WaitForRequestAsync();
        Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_long_silence_is_filled_with_signs_of_life()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        var gate = new Gate();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().Hold(gate).Text("at last").Completed()));
        Task<HttpResponseMessage> asking = proxy.PostAsync(RunningProxy.Ask(stream: true));
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(10));

        // The handshake alone holds the status back for ten seconds.
        Assert.False(asking.IsCompleted);
        HttpResponseMessage response = await AdvanceUntilAsync(time, asking);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        Assert.StartsWith("event: message_start", await ReadAsync(body, time), StringComparison.Ordinal);
        Assert.Contains("event: ping", await ReadAsync(body, time), StringComparison.Ordinal);
        gate.Open();
        using var reader = new StreamReader(body);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_falls_silent_for_five_minutes_is_given_up()
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        await using RunningProxy proxy = await RunningProxy.StartAsync(time: time);
        var gate = new Gate();
        proxy.Backend.Answer(Reply.Sse(new StreamScript().UnfinishedText("half").Hold(gate)));
        HttpResponseMessage response = await AdvanceUntilAsync(time, proxy.PostAsync(RunningProxy.Ask(stream: true)));
        Task<string> all = response.Content.ReadAsStringAsync();
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("Upstream produced no data for 300 seconds", await AdvanceUntilAsync(time, all), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_turns_at_once_do_not_disturb_each_other()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync(accounts: 2);
        Task<string>[] turns = [.. Enumerable.Range(0, 40).Select(async i =>
        {
            using HttpResponseMessage response = await proxy.PostAsync(RunningProxy.Ask($"number {i}", stream: i % 2 == 0));
            return await response.Content.ReadAsStringAsync();
        })];
        string[] answers = await Task.WhenAll(turns);
        for (int i = 0; i < answers.Length; i++)
        {
            string text = string.Concat(answers[i].Split("\"text\":\"").Skip(1).Select(static piece => piece[..piece.IndexOf('"', StringComparison.Ordinal)]));
            Assert.Equal($"You said: number {i}", text);
        }
    }

    /// <summary>Lets the program's clock run, a second at a time, until something happens.</summary>
    private static async Task<T> AdvanceUntilAsync<T>(FakeTimeProvider time, Task<T> task)
    {
        for (int i = 0; i < 2000 && !task.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(task, Task.Delay(5));
        }

        return await task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<string> ReadAsync(Stream body, FakeTimeProvider time)
    {
        var buffer = new byte[64 * 1024];
        int count = await AdvanceUntilAsync(time, body.ReadAsync(buffer).AsTask());
        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}
