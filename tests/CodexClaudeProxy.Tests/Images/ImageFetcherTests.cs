using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using CodexClaudeProxy.Images;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Images;

/// <summary>One image from one address, and everything that may stand in its way.</summary>
public sealed class ImageFetcherTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_arrives_whatever_its_host_calls_it()
    {
        byte[] image = ImageHost.Png(100_000);
        await using var host = new ImageHost(_ => ImageHost.Ok(image));

        Assert.Equal(image, (await FetchAsync(host, "http://pictures.example/a.png?size=1")).Bytes);

        string[] head = Assert.Single(host.Requests).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("GET /a.png?size=1 HTTP/1.1", head[0]);
        Assert.Equal(
            ["accept: image/png, image/jpeg, image/gif, image/webp", "host: pictures.example", "user-agent: test/1"],
            head.Skip(1).Select(static line => line[..line.IndexOf(':')].ToLowerInvariant() + line[line.IndexOf(':')..]).Order());
        Assert.Equal(IPEndPoint.Parse(ImageHost.PublicIp + ":80"), Assert.Single(host.Dialled));
    }

    [Fact]
    public async Task A_host_that_nobody_vouches_for_is_not_believed()
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png())) { Certificate = ImageHost.SelfSigned("pictures.example") };
        await AssertFailsAsync(host, "https://pictures.example/", "its host could not be reached (SecureConnectionError)");
        Assert.Equal(443, Assert.Single(host.Dialled).Port);
        Assert.Empty(host.Requests);
    }

    [Theory]
    [InlineData("<html>no</html>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("RIFF....WAVEfmt ")]
    [InlineData("GIF")]
    [InlineData("")]
    public async Task What_is_no_image_is_not_taken(string body)
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(Encoding.ASCII.GetBytes(body), "content-type: image/png\r\n"));
        await AssertFailsAsync(host, "http://pictures.example/", "it is not a PNG, JPEG, GIF or WebP image");
    }

    [Theory]
    [InlineData("404 Not Found", "its host answered 404")]
    [InlineData("204 No Content", "its host answered 204")]
    [InlineData("304 Not Modified", "its host answered 304")]
    [InlineData("500 Oops", "its host answered 500")]
    [InlineData("302 Found", "its host redirects to an invalid address")]
    public async Task Only_200_is_an_answer(string status, string reason)
    {
        await using var host = new ImageHost(_ => ImageHost.Status(status));
        await AssertFailsAsync(host, "http://pictures.example/", reason);
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://localhost/")]
    [InlineData("https://router.home/")]
    [InlineData("http://nobody.home/")]
    public async Task A_host_that_is_not_public_is_not_connected_to(string url)
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png()));
        host.Names["localhost"] = ["::1", "127.0.0.1"];
        host.Names["router.home"] = ["192.168.0.1", "fd00::1", "fe80::1"];
        host.Names["nobody.home"] = [];

        await AssertFailsAsync(host, url, "its host has no public address");
        Assert.Empty(host.Dialled);
    }

    [Fact]
    public async Task Of_a_hosts_addresses_only_public_ones_are_tried_the_families_in_turn()
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png()));
        host.Names["mixed.example"] = ["2606:4700::1", "10.0.0.1", "93.184.215.99", "127.0.0.1", ImageHost.PublicIp];

        Assert.Null((await FetchAsync(host, "http://mixed.example/")).Failure);
        Assert.Equal(["93.184.215.99", "2606:4700::1"], host.Dialled.Select(endpoint => endpoint.Address.ToString()));
    }

    [Theory]
    [InlineData("ftp://pictures.example/a.png", "its address is not http or https")]
    [InlineData("file:///etc/passwd", "its address is not http or https")]
    [InlineData("http://pictures.example:8080/", "its port is neither 80 nor 443")]
    [InlineData("http://pictures.example:22/", "its port is neither 80 nor 443")]
    [InlineData("http://me:secret@pictures.example/", "its address holds a password")]
    [InlineData("http://", "its address is invalid")]
    [InlineData("http://a b/", "its address is invalid")]
    [InlineData("http://unknown.invalid/", "its host could not be reached (NameResolutionError)")]
    public async Task Some_addresses_are_not_tried(string url, string reason)
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png()));
        await AssertFailsAsync(host, url, reason);
        Assert.Empty(host.Dialled);
    }

    [Fact]
    public async Task Nothing_goes_around_a_proxy_nor_through_one()
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png()));
        using var fetcher = new ImageFetcher(host.Network with { IsProxied = static address => address.Host == "pictures.example" }, "test/1", TimeProvider.System);

        Assert.Equal("an HTTP proxy is set, behind which its host cannot be checked", (await fetcher.FetchAsync("http://pictures.example/", Cancellation)).Failure);
        Assert.Empty(host.Dialled);
        Assert.Null((await fetcher.FetchAsync("http://direct.example/", Cancellation)).Failure);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_followed(int status)
    {
        await using var host = new ImageHost(path => path == "/image" ? ImageHost.Ok(ImageHost.Png()) : ImageHost.Redirect("//other.example/image", status));

        Assert.Null((await FetchAsync(host, "http://pictures.example/start")).Failure);
        Assert.Contains("other.example", host.Requests.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1/image", "its host has no public address")]
    [InlineData("http://rebound.example/image", "its host has no public address")]
    [InlineData("http://[fd00:ec2::254]/latest/meta-data/", "its host has no public address")]
    [InlineData("http://pictures.example:8081/image", "its port is neither 80 nor 443")]
    [InlineData("http://me:secret@pictures.example/image", "its address holds a password")]
    [InlineData("file:///etc/passwd", "its address is not http or https")]
    public async Task A_redirect_is_checked_like_any_address(string to, string reason)
    {
        await using var host = new ImageHost(_ => ImageHost.Redirect(to));
        host.Names["rebound.example"] = ["192.168.0.1"];

        await AssertFailsAsync(host, "http://pictures.example/", reason);
        Assert.Single(host.Dialled);
    }

    [Theory]
    [InlineData("https://one.example/", "http://two.example/", "its host redirects away from https")]
    [InlineData("https://one.example/", "https://two.example/", null)]
    [InlineData("http://one.example/", "https://two.example/", null)]
    [InlineData("http://one.example/", "http://two.example/", null)]
    public async Task No_redirect_leads_out_of_https(string from, string to, string? reason)
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png()));
        using var fetcher = new ImageFetcher(host.Network, "test/1", TimeProvider.System);
        Assert.Equal(reason, fetcher.WhyNot(new Uri(to), new Uri(from)));
    }

    [Theory]
    [InlineData("http://pictures.example/")]
    [InlineData($"http://{ImageHost.PublicIp}/")]
    [InlineData($"http://[::ffff:{ImageHost.PublicIp}]/")]
    public async Task What_is_near_is_not_public_whatever_its_address(string url)
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png()));
        using var fetcher = new ImageFetcher(host.Network with { IsNear = static address => address.ToString() == ImageHost.PublicIp }, "test/1", TimeProvider.System);
        Assert.Equal("its host has no public address", (await fetcher.FetchAsync(url, Cancellation)).Failure);
        Assert.Empty(host.Dialled);
    }

    [Fact]
    public void This_machine_and_its_neighbours_are_near()
    {
        Func<IPAddress, bool> isNear = ImageNetwork.Internet.IsNear;
        IPAddress[] own = [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(static network => network.GetIPProperties().UnicastAddresses).Select(static one => one.Address)];
        Assert.NotEmpty(own);
        Assert.All(own, address => Assert.True(isNear(address), address.ToString()));
        // Loopback is a network of 8 bits.
        Assert.True(isNear(IPAddress.Parse("127.255.255.254")));
        Assert.False(isNear(IPAddress.Parse("126.255.255.255")));
        Assert.False(isNear(IPAddress.Parse("2606:4700:4700::1111")));
    }

    [Fact]
    public async Task Five_redirects_are_followed_and_not_six()
    {
        await using var host = new ImageHost(path => path == "/0" ? ImageHost.Ok(ImageHost.Png()) : ImageHost.Redirect($"/{path[1] - '0' - 1}"));

        Assert.Null((await FetchAsync(host, "http://pictures.example/5")).Failure);
        await AssertFailsAsync(host, "http://pictures.example/6", "it is more than 5 redirects away");
        Assert.Equal(12, host.Requests.Count);
    }

    /// <summary>The name leads to the public host when it is checked; asked a second time, it would lead home.</summary>
    [Fact]
    public async Task A_name_is_looked_up_once_for_check_and_connection()
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png()));
        int lookups = 0;
        ImageNetwork network = host.Network with { LookUp = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(lookups++ == 0 ? ImageHost.PublicIp : "127.0.0.1")]) };
        using var fetcher = new ImageFetcher(network, "test/1", TimeProvider.System);

        Assert.Null((await fetcher.FetchAsync("http://pictures.example/", Cancellation)).Failure);
        Assert.Equal((1, ImageHost.PublicIp), (lookups, Assert.Single(host.Dialled).Address.ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Twenty_megabytes_are_the_limit(bool announced)
    {
        await using var host = new ImageHost(async (path, stream, cancellation) =>
        {
            byte[] image = ImageHost.Png(ImageFetcher.LargestImage + (path == "/over" ? 1 : 0));
            await stream.WriteAsync(announced ? ImageHost.Ok(image) : [.. "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"u8, .. image], cancellation);
        });

        Assert.Equal(ImageFetcher.LargestImage, (await FetchAsync(host, "http://pictures.example/exactly")).Bytes.Length);
        await AssertFailsAsync(host, "http://pictures.example/over", "it is larger than 20 MB");
    }

    [Fact]
    public async Task An_image_that_breaks_off_is_none()
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png(1000))[..^1]);
        await AssertFailsAsync(host, "http://pictures.example/", "its host closed the connection early (ResponseEnded)");
    }

    /// <summary>Each byte comes in time, the whole does not.</summary>
    [Theory]
    [InlineData("no connection")]
    [InlineData("no answer")]
    [InlineData("half an image")]
    public async Task Ten_seconds_are_the_limit(string until)
    {
        var reached = new TaskCompletionSource();
        await using var host = new ImageHost(async (_, stream, cancellation) =>
        {
            if (until == "half an image") await stream.WriteAsync(ImageHost.Ok(ImageHost.Png(1000)).AsMemory(0, 500), cancellation);
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        });
        var time = new FakeTimeProvider();
        ImageNetwork network = until != "no connection" ? host.Network : host.Network with
        {
            Dial = async (_, cancellation) =>
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                throw new NotSupportedException();
            },
        };
        using var fetcher = new ImageFetcher(network, "test/1", time);

        Task<FetchedImage> fetching = fetcher.FetchAsync("http://pictures.example/", Cancellation);
        await reached.Task.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(fetching.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("it took longer than 10 seconds", (await fetching).Failure);
    }

    [Fact]
    public async Task Who_does_not_want_it_any_more_ends_the_download()
    {
        var left = new TaskCompletionSource();
        using var client = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var host = new ImageHost(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync(ImageHost.Ok(ImageHost.Png(1000)).AsMemory(0, 500), cancellation);
            await client.CancelAsync();
            await ImageHost.ClosedAsync(stream, cancellation);
            left.SetResult();
        });

        using var fetcher = new ImageFetcher(host.Network, "test/1", TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetcher.FetchAsync("http://pictures.example/", client.Token));
        await left.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
    }

    [Fact]
    public async Task No_cookie_of_a_host_comes_back_to_it()
    {
        await using var host = new ImageHost(_ => ImageHost.Ok(ImageHost.Png(), "set-cookie: seen=1\r\n"));
        using var fetcher = new ImageFetcher(host.Network, "test/1", TimeProvider.System);
        for (int i = 0; i < 2; i++) Assert.Null((await fetcher.FetchAsync("http://pictures.example/", Cancellation)).Failure);

        Assert.Equal(2, host.Requests.Count);
        Assert.All(host.Requests, static head => Assert.DoesNotContain("cookie", head, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<FetchedImage> FetchAsync(ImageHost host, string url)
    {
        using var fetcher = new ImageFetcher(host.Network, "test/1", TimeProvider.System);
        return await fetcher.FetchAsync(url, Cancellation);
    }

    private static async Task AssertFailsAsync(ImageHost host, string url, string reason)
    {
        FetchedImage image = await FetchAsync(host, url);
        Assert.Equal(reason, image.Failure);
        Assert.Empty(image.Bytes);
    }
}
