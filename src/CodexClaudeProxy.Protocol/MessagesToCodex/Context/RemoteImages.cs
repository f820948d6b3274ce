namespace CodexClaudeProxy.Protocol.MessagesToCodex.Context;

/// <summary>
/// The images a request names by address when they are to travel inside it. A conversion fetches nothing: it says which it
/// wants, and takes what it is given.
/// </summary>
internal sealed class RemoteImages(ConversionOptions options)
{
    private readonly List<string> _urls = [];
    private long _bytes;

    /// <summary>The addresses that were met, each once, in their order.</summary>
    public IReadOnlyList<string> Urls => _urls;

    /// <summary>
    /// The image at an address; empty when there is none. Once a limit is reached, everything behind it is left out: so what
    /// a longer conversation adds never takes the place of what came before.
    /// </summary>
    public ReadOnlyMemory<byte> Take(string url)
    {
        if (!_urls.Contains(url))
        {
            if (_urls.Count == ConversionOptions.MostFetchedImages) return default;
            _urls.Add(url);
        }

        var image = options.FetchedImage(url);
        _bytes += image.Length;
        return _bytes <= ConversionOptions.MostFetchedBytes ? image : default;
    }
}
