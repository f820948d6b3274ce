using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// Hosted web search: each search becomes a call and its result.
public sealed partial class TurnConverter
{
    private int _searchesSeen;
    private int _webSearches;
    private bool _isSearchWaiting;

    private void FinishSearch(TurnItem item, in CodexItem view)
    {
        var search = WebSearchItem.Read(view.Action, view.Status);
        if (search is null)
        {
            // open_page and find_in_page are steps inside a search, not searches.
            item.IsSuppressed = true;
            return;
        }

        item.Search = search;
        // In a request that is nothing but a search the pages matter most: the text behind it may still cite them.
        if (context.WebSearch is { Forced: true } && search is { Hits.Count: 0, Failed: false })
        {
            search.Wait();
            _isSearchWaiting = true;
        }
    }

    private void StopWaitingSearches()
    {
        if (!_isSearchWaiting) return;
        _isSearchWaiting = false;
        foreach (var item in _items) item.Search?.StopWaiting();
    }

    private void WriteSearch(TurnItem item)
    {
        if (item.Search is not { } search) return;
        _searchesSeen++;
        string? error = null;
        if (context.WebSearch?.MaxUses is { } max && _searchesSeen > max) error = "max_uses_exceeded";
        else if (search.Failed) error = "unavailable";
        if (error != "max_uses_exceeded") _webSearches++;

        if (error is null && search.WasHeld) AddCitedPages(search);
        var hits = error is null ? search.Hits.Where(IsAllowed).ToList() : [];
        var id = JsonText.ToString(item.Id);
        _blocks.Search(new SearchCall(id.StartsWith("ws_", StringComparison.Ordinal) ? id[3..] : id, search.InputJson, hits, error));
    }

    /// <summary>The pages that the waiting messages behind a search cite.</summary>
    private void AddCitedPages(WebSearchItem search)
    {
        foreach (var item in _items)
        {
            var position = 0;
            while (item.TryDequeue(ref position, out var kind, out _, out var annotation))
            {
                if (kind == QueuedKind.Annotation && TryReadCitation(annotation, out var hit)) search.AddHit(hit.Url, hit.Title);
            }
        }
    }

    private bool IsAllowed((byte[] Url, byte[] Title) hit) => context.WebSearch?.Allows(JsonText.ToString(hit.Url)) != false;
}

/// <summary>A finished <c>web_search_call</c>.</summary>
internal sealed class WebSearchItem
{
    private readonly List<(byte[] Url, byte[] Title)> _hits = [];

    public required byte[] InputJson { get; init; }

    public bool Failed { get; private init; }

    /// <summary>The result is held back until a message behind it is done.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Distinct pages in the order found.</summary>
    public IReadOnlyList<(byte[] Url, byte[] Title)> Hits => _hits;

    public bool WasHeld { get; private set; }

    public void Wait() => IsWaiting = WasHeld = true;

    public void StopWaiting() => IsWaiting = false;

    public void AddHit(ReadOnlySpan<byte> url, ReadOnlySpan<byte> title)
    {
        foreach (var known in _hits)
        {
            if (url.SequenceEqual(known.Url)) return;
        }

        _hits.Add((url.ToArray(), title.IsEmpty ? HostOf(url) : title.ToArray()));
    }

    /// <summary>Null when the action is no search.</summary>
    public static WebSearchItem? Read(ReadOnlySpan<byte> action, ReadOnlySpan<byte> status)
    {
        if (action.IsEmpty) return null;
        using var document = JsonDocument.Parse(LoneSurrogates.Replace(action.ToArray()), JsonDepth.Document);
        var root = document.RootElement;
        if (!root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("search"u8)) return null;

        var search = new WebSearchItem { InputJson = Input(root), Failed = status.SequenceEqual("failed"u8) };
        if (root.TryGetProperty("sources", out var sources) && sources.ValueKind == JsonValueKind.Array)
        {
            foreach (var source in sources.EnumerateArray())
            {
                if (Escaped(source, "url") is { Length: > 0 } url) search.AddHit(url, Escaped(source, "title"));
            }
        }

        return search;
    }

    private static byte[] Input(JsonElement action)
    {
        var queries = action.TryGetProperty("queries", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToList() : [];
        var query = action.TryGetProperty("query", out var single) && single.ValueKind == JsonValueKind.String ? single.GetRawText()
            : queries.Count > 0 && queries[0].ValueKind == JsonValueKind.String ? queries[0].GetRawText()
            : "\"\"";
        return Encoding.UTF8.GetBytes(queries.Count > 1 ? $$"""{"query":{{query}},"queries":{{list.GetRawText()}}}""" : $$"""{"query":{{query}}}""");
    }

    private static byte[] Escaped(JsonElement source, string name) =>
        source.ValueKind == JsonValueKind.Object && source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? JsonText.Escaped(value.GetString()!)
            : [];

    private static byte[] HostOf(ReadOnlySpan<byte> url)
    {
        var text = JsonText.ToString(url);
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) ? JsonText.Escaped(uri.Host) : url.ToArray();
    }
}
