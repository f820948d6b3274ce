using System.Text;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Tests.Activity;
using CodexClaudeProxy.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RequestLog = CodexClaudeProxy.Activity.RequestLog;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>What requests add up to, the file of them, and the download.</summary>
public sealed class StatisticsContracts : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Samples.At(600));
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-test-");
    private ActivityStore _activity = null!;

    public ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Nothing_yet()
    {
        await using TestProxy proxy = await StartAsync();
        Golden.Same("stats-none.json", (await proxy.GetAsync("/api/stats?range=all")).Body);
        await SameStorageAsync("stats-storage-none.json", proxy);
        Golden.Same("stats-export-none.json", (await proxy.GetAsync("/api/stats/export?format=json")).Body);
    }

    [Fact]
    public async Task Sums_in_time_and_in_groups()
    {
        await using TestProxy proxy = await StartAsync();
        for (int i = 1; i <= 30; i++) _activity.Add(Samples.Varied(i));
        // Its usage is not known, and neither is its account.
        _activity.Add(Samples.Entry(500) with { Outcome = RequestOutcome.Left, Project = "shöp \"<1>\"" });

        string range = $"from={Uri.EscapeDataString(Samples.At(16).ToString("O"))}&to={Uri.EscapeDataString(Samples.At(31).ToString("O"))}";
        Golden.Same("stats-by-account.json", (await proxy.GetAsync($"/api/stats?{range}&by=account")).Body);
        Golden.Same("stats-by-model.json", (await proxy.GetAsync($"/api/stats?{range}&by=model")).Body);
        range = $"from={Uri.EscapeDataString(Samples.At(480).ToString("O"))}&to={Uri.EscapeDataString(Samples.At(540).ToString("O"))}";
        Golden.Same("stats-unmeasured.json", (await proxy.GetAsync($"/api/stats?{range}&by=account")).Body);
        Golden.Same("stats-by-project.json", (await proxy.GetAsync($"/api/stats?{range}&by=project")).Body);
        Golden.Same("stats-all.json", (await proxy.GetAsync("/api/stats?range=all")).Body);
    }

    [Fact]
    public async Task The_download()
    {
        await using TestProxy proxy = await StartAsync();
        _activity.Add(Samples.Varied(1));
        _activity.Add(Samples.Varied(7) with { UserAgent = "OpenAI/JS 7.57.0", ErrorMessage = "=\"ü\", <no>", StopReason = "end_turn", Effort = "high", SideCall = "title", Streamed = true });
        Golden.Same("stats-export.json", (await proxy.GetAsync("/api/stats/export?format=json")).Body);
        Golden.Same("stats-export.csv", (await proxy.GetAsync("/api/stats/export")).Body);
    }

    [Fact]
    public async Task The_file_and_its_end()
    {
        await using TestProxy proxy = await StartAsync();
        _activity.Add(Samples.Varied(1));
        await SameStorageAsync("stats-storage.json", proxy);
        Golden.Same("stats-forget-refused.json", (await DeleteAsync(proxy, """{"confirm":"yes"}""")).Body);
        Golden.Same("stats-forget-refused.json", (await DeleteAsync(proxy, """{"confirm":false}""")).Body);
        Golden.Same("stats-forget-refused.json", (await DeleteAsync(proxy, "{}")).Body);
        Golden.Same("stats-forget.json", (await DeleteAsync(proxy, """{"confirm":true,"other":1}""")).Body);
    }

    private async Task SameStorageAsync(string name, TestProxy proxy)
    {
        Answer answer = await proxy.GetAsync("/api/stats/storage");
        Golden.Same(name, answer.Body, (_directory.FullName, "DIRECTORY"), ($"\"bytes\":{answer.Json.GetProperty("bytes").GetRawText()}", "\"bytes\":BYTES"));
    }

    private static Task<Answer> DeleteAsync(TestProxy proxy, string body) =>
        proxy.SendAsync(HttpMethod.Delete, "/api/stats", new StringContent(body, Encoding.UTF8, "application/json"));

    private Task<TestProxy> StartAsync() => TestProxy.StartAsync(time: _time, compose: host =>
    {
        _activity = host.Own(new ActivityStore(Path.Combine(_directory.FullName, "activity.db"), _time, NullLogger.Instance));
        var routes = new Routes();
        new StatisticsEndpoints(_activity, new RequestLog(), static key => key == "a@x.com:1" ? "Büro & <Co>" : null, _time).MapTo(routes);
        return routes;
    });
}
