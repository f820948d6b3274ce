using System.Collections.Concurrent;
using CodexClaudeProxy.Images;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Tests.Turns;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Images;

/// <summary>What a conversation keeps of the images it names.</summary>
public sealed class ConversationImagesTests : IAsyncLifetime
{
    private const string Url = "http://pictures.example/a.png";

    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _logs = new();
    private readonly ConcurrentDictionary<string, byte[]> _answers = [];
    private ImageHost _host = null!;
    private ImageFetcher _fetcher = null!;
    private ConversationImages _images = null!;
    private int _emptied;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _host = new ImageHost(path => _answers.TryGetValue(path, out byte[]? answer) ? answer : ImageHost.Status("404 Not Found"));
        Use(_host.Network);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _images.Dispose();
        _fetcher.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task An_image_stays_what_it_was_as_long_as_its_conversation_goes_on()
    {
        byte[] first = Serve("/a.png", 1);
        Assert.Equal(first, await GetAsync("one", Url));
        byte[] second = Serve("/a.png", 2);

        for (int i = 0; i < 3; i++)
        {
            _time.Advance(ConversationImages.Kept - TimeSpan.FromMinutes(1));
            Assert.Equal(first, await GetAsync("one", Url));
        }

        Assert.Equal(second, await GetAsync("another", Url));
        Assert.Equal(2, _host.Requests.Count);
        _time.Advance(ConversationImages.Kept);
        Assert.Equal(second, await GetAsync("one", Url));
    }

    [Fact]
    public async Task Two_requests_at_once_agree_on_what_it_is()
    {
        var both = new TaskCompletionSource();
        int asked = 0;
        await using var host = new ImageHost(async (_, stream, cancellation) =>
        {
            int number = Interlocked.Increment(ref asked);
            if (number == 2) both.SetResult();
            await both.Task.WaitAsync(cancellation);
            await stream.WriteAsync(ImageHost.Ok(ImageHost.Png(fill: (byte)number)), cancellation);
        });
        Use(host.Network);

        byte[][] images = await Task.WhenAll(GetAsync("one", Url), GetAsync("one", Url));
        Assert.Equal(2, asked);
        Assert.Equal(images[0], images[1]);
        Assert.Equal(images[0], await GetAsync("one", Url));
    }

    [Fact]
    public async Task What_could_not_be_fetched_stays_missing_for_a_while()
    {
        Assert.Empty(await GetAsync("one", Url));
        byte[] image = Serve("/a.png");

        Assert.Empty(await GetAsync("one", Url));
        Assert.Equal(image, await GetAsync("another", Url));
        // Asking does not make the while longer.
        _time.Advance(ConversationImages.Avoided - TimeSpan.FromMinutes(1));
        Assert.Empty(await GetAsync("one", Url));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(image, await GetAsync("one", Url));
        Assert.Equal(3, _host.Requests.Count);
    }

    [Fact]
    public async Task A_failure_is_one_line_in_the_log_without_the_query()
    {
        const string Secret = "http://pictures.example/album/a.png?signature=c4nary#c4nary";
        for (int i = 0; i < 2; i++) Assert.Empty(await GetAsync("one", Secret));
        Assert.Equal("Information The image http://pictures.example/album/a.png was not loaded: its host answered 404", _logs.Text.Trim());

        await GetAsync("one", "http://me:c4nary@pictures.example/b.png");
        await GetAsync("one", "http:c4nary?c4nary");
        Assert.Contains("The image http://pictures.example/b.png was not loaded", _logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary?", _logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(":c4nary@", _logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_of_a_request_are_there_or_known_to_be_missing()
    {
        string[] urls = [.. Enumerable.Range(0, 20).Select(static i => $"http://pictures.example/{i}")];
        foreach (int i in Enumerable.Range(0, 10)) Serve($"/{i}", (byte)i);

        Dictionary<string, ReadOnlyMemory<byte>> images = [];
        await _images.GetAsync("one", urls, images, Cancellation);

        Assert.Equal(urls.Order(), images.Keys.Order());
        for (int i = 0; i < 20; i++) Assert.Equal(i < 10 ? ImageHost.Png(fill: (byte)i) : [], images[urls[i]].ToArray());
    }

    [Fact]
    public async Task What_lies_behind_the_limit_of_a_request_is_not_fetched()
    {
        string[] urls = [.. Enumerable.Range(0, 12).Select(static i => $"http://pictures.example/{i}")];
        foreach (int i in Enumerable.Range(0, 12)) Serve($"/{i}", length: 12 * 1024 * 1024);

        Dictionary<string, ReadOnlyMemory<byte>> images = [];
        await _images.GetAsync("one", urls, images, Cancellation);

        // Three are too much together; up to three more were on their way by then.
        Assert.InRange(_host.Requests.Count, 3, 7);
        Assert.Equal(12, images.Count);
        Assert.Contains("the request has too many images", _logs.Text, StringComparison.Ordinal);
        Assert.True(urls.TakeWhile(url => images[url].Length > 0).Sum(url => (long)images[url].Length) > ConversionOptions.MostFetchedBytes);
    }

    [Fact]
    public async Task The_oldest_make_room()
    {
        for (int i = 0; i < 4; i++)
        {
            Serve($"/{i}", length: 15 * 1024 * 1024);
            await GetAsync("one", $"http://pictures.example/{i}");
        }

        await GetAsync("one", "http://pictures.example/0");
        Serve("/new", length: 15 * 1024 * 1024);
        await GetAsync("one", "http://pictures.example/new");
        CacheSize size = _images.Size;
        Assert.InRange(size.Bytes, 60 * 1024 * 1024, size.LimitBytes);
        Assert.Equal(("fetched images", 4), (size.Name, size.Entries));

        await GetAsync("one", "http://pictures.example/0");
        Assert.Equal(5, _host.Requests.Count);
        await GetAsync("one", "http://pictures.example/1");
        Assert.Equal(6, _host.Requests.Count);
    }

    [Fact]
    public async Task A_conversation_that_has_ended_is_forgotten_without_being_asked_for()
    {
        Serve("/a.png", length: 1000);
        Serve("/b.png", length: 1000);
        await GetAsync("one", Url);
        _time.Advance(TimeSpan.FromMinutes(30));
        await GetAsync("two", "http://pictures.example/b.png");
        await GetAsync("one", Url);

        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal((2, 0), (_images.Size.Entries, _emptied));
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal((0, 0L), (_images.Size.Entries, _images.Size.Bytes));

        // And again after that.
        await GetAsync("one", Url);
        _time.Advance(ConversationImages.Kept);
        Assert.Equal((0, 2), (_images.Size.Entries, _emptied));
    }

    [Fact]
    public async Task A_request_waits_half_a_minute_for_all_its_images()
    {
        var dialled = new SemaphoreSlim(0);
        Use(_host.Network with
        {
            Dial = async (_, cancellation) =>
            {
                dialled.Release();
                await Task.Delay(Timeout.Infinite, cancellation);
                throw new NotSupportedException();
            },
        });
        string[] urls = [.. Enumerable.Range(0, 20).Select(static i => $"http://pictures{i}.example/")];
        Dictionary<string, ReadOnlyMemory<byte>> images = [];

        Task getting = _images.GetAsync("one", urls, images, Cancellation);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 4; i++) await dialled.WaitAsync(Cancellation);
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        await getting.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal(20, images.Count);
        Assert.All(images.Values, static image => Assert.Equal(0, image.Length));
    }

    [Fact]
    public async Task Of_a_client_that_left_nothing_is_remembered()
    {
        using var client = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Use(_host.Network with
        {
            Dial = async (_, cancellation) =>
            {
                await client.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
                throw new NotSupportedException();
            },
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _images.GetAsync("one", [Url], [], client.Token));

        Assert.Equal(0, _images.Size.Entries);
        Assert.Empty(_logs.Text);
    }

    private void Use(ImageNetwork network)
    {
        _images?.Dispose();
        _fetcher?.Dispose();
        _fetcher = new ImageFetcher(network, "test/1", _time);
        _images = new ConversationImages(_fetcher, _time, _logs.CreateLogger(""), () => _emptied++);
    }

    private byte[] Serve(string path, byte fill = 7, int length = 64)
    {
        byte[] image = ImageHost.Png(length, fill);
        _answers[path] = ImageHost.Ok(image);
        return image;
    }

    private async Task<byte[]> GetAsync(string conversation, string url)
    {
        Dictionary<string, ReadOnlyMemory<byte>> images = [];
        await _images.GetAsync(conversation, [url], images, Cancellation);
        return images[url].ToArray();
    }
}
