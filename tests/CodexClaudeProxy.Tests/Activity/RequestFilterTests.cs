using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.Activity;

/// <summary>Everything a chart is made of can be filtered by, in the file as in memory.</summary>
public sealed class RequestFilterTests : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-filters-");
    private readonly ActivityStore _store;

    public RequestFilterTests() => _store = new ActivityStore(Path.Combine(_directory.FullName, "activity.db"), TimeProvider.System, new TestLog());

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static readonly RequestEntry[] Entries =
    [
        Samples.Entry(1) with { Account = "a", RequestedModel = "claude-opus-5-5", UpstreamModel = "gpt-6.1-sol", UserAgent = "claude-cli/2.1.330 (external, cli)", Project = "shop" },
        Samples.Entry(2) with { Account = "b", RequestedModel = "claude-opus-5-5", UpstreamModel = "gpt-5.5", UserAgent = "claude-cli/2.1.331 (external, cli)", Project = "docs" },
        Samples.Entry(3) with { Account = "b", RequestedModel = "gpt-5.5", UpstreamModel = "gpt-5.5", UserAgent = "OpenAI/JS 7.57.0", Outcome = RequestOutcome.Failed, ErrorType = "api_error" },
        Samples.Entry(4) with { Session = null },
    ];

    public static TheoryData<string, int[]> Filters => new()
    {
        { "upstreamModel=gpt-5.5", [2, 3] },
        { "requestedModel=gpt-5.5", [3] },
        { "requestedModel=claude-opus-5-5&upstreamModel=gpt-5.5", [2] },
        { "client=Claude Code", [1, 2] },
        { "client=Claude Code 2.1.331", [2] },
        { "client=OpenAI SDK", [3] },
        { "client=nobody", [] },
        { "project=docs", [2] },
        { "errorType=api_error", [3] },
        { "unknown=account", [4] },
        { "unknown=project", [3, 4] },
        { "unknown=client", [4] },
        { "unknown=session", [4] },
        { "account=b&project=docs", [2] },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_lets_through_the_same_everywhere(string query, int[] expected)
    {
        foreach (RequestEntry entry in Entries) _store.Add(entry);
        RequestFilter filter = CodexClaudeProxy.Endpoints.RequestQuery.Of(new Microsoft.AspNetCore.Http.QueryCollection(query.Split('&').Select(part => part.Split('=')).ToDictionary(pair => pair[0], pair => new Microsoft.Extensions.Primitives.StringValues(pair[1]))));

        RequestPage page = (await _store.ReadAsync(database => RequestSearch.List(database, filter, 10, null), TestContext.Current.CancellationToken))!;

        Assert.Equal(expected.Select(i => Samples.Entry(i).Id), page.Requests.Select(entry => entry.Id).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Select(i => Samples.Entry(i).Id), Entries.Where(filter.Fits).Select(entry => entry.Id));
    }
}
