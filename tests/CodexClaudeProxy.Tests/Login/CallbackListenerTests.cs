using System.Net;
using System.Net.Sockets;
using CodexClaudeProxy.Login;

namespace CodexClaudeProxy.Tests.Login;

public sealed class CallbackListenerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421)]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421)]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1@evil.example\r\n\r\n", 421)]
    [InlineData("GET / HTTP/1.1\r\nHost: 192.168.1.1\r\n\r\n", 421)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 421)]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405)]
    [InlineData("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("\x16\x03\x01 TLS is not spoken here\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n", 400)]
    [InlineData("", 400)]
    [InlineData("GET /ok?a=1%202&b= HTTP/1.1\r\nHost: localhost:1455\r\n\r\n", 200)]
    [InlineData("GET /ok?a=1+2 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", 200)]
    [InlineData("GET /ok?a=1+2&a=3 HTTP/1.0\r\nHOST: [::1]:1455\r\n\r\n", 200)]
    public async Task Only_a_browser_that_means_this_machine_gets_through(string request, int status)
    {
        List<CallbackRequest> answered = [];
        await using CallbackListener listener = Listener(answered.Add);
        Assert.Null(await listener.OpenAsync([0], Stop));

        string reply = await LoginScene.SendRawAsync(listener.Port!.Value, request);

        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        if (status != 200) Assert.Empty(answered);
        else Assert.Equal(("/ok", "1 2", null, null), (answered.Single().Path, answered[0].Query("a"), answered[0].Query("b"), answered[0].Query("c")));
    }

    [Fact]
    public async Task A_head_without_an_end_is_not_read_for_ever()
    {
        await using CallbackListener listener = Listener();
        await listener.OpenAsync([0], Stop);

        string reply = await LoginScene.SendRawAsync(listener.Port!.Value, "GET /?" + new string('a', 16 * 1024 - 6));

        Assert.StartsWith("HTTP/1.1 400 ", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_listens_on_this_machine_only_and_under_both_of_its_addresses()
    {
        await using CallbackListener listener = Listener();
        await listener.OpenAsync([0], Stop);
        int port = listener.Port!.Value;

        Assert.True(await LoginScene.IsListeningAsync(port));
        if (Socket.OSSupportsIPv6)
        {
            using TcpClient six = new(AddressFamily.InterNetworkV6);
            await six.ConnectAsync(IPAddress.IPv6Loopback, port, Stop);
        }

        // Another address of this machine: free for others, and not answered by us.
        using TcpClient elsewhere = new();
        await Assert.ThrowsAsync<SocketException>(() => elsewhere.ConnectAsync(IPAddress.Parse("127.0.0.2"), port, Stop).AsTask());
    }

    [Fact]
    public async Task A_taken_port_is_left_for_the_next_one()
    {
        using var taken = new TakenPort();
        int free = LoginScene.FreePort();
        await using CallbackListener listener = Listener();

        Assert.Null(await listener.OpenAsync([taken.Number, free], Stop));

        Assert.Equal(free, listener.Port);
    }

    [Fact]
    public async Task When_all_are_taken_it_says_by_whom()
    {
        using var first = new TakenPort();
        using var second = new TakenPort();
        await using CallbackListener listener = Listener();

        string? trouble = await listener.OpenAsync([first.Number, second.Number], Stop);

        string me = OperatingSystem.IsLinux() ? $"{File.ReadAllText("/proc/self/comm").Trim()} (process {Environment.ProcessId})" : "another program";
        if (OperatingSystem.IsLinux()) Assert.Equal($"Port {first.Number} is in use by {me} and port {second.Number} is in use by {me}. Close that program and try again", trouble);
        else Assert.StartsWith($"Port {first.Number} is in use by ", trouble, StringComparison.Ordinal);
        Assert.Null(listener.Port);
    }

    [Fact]
    public async Task A_port_somebody_else_has_under_the_other_address_is_taken_too()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "Without IPv6 there is no other address.");
        int port = LoginScene.FreePort();
        using var taken = new TakenPort(IPAddress.IPv6Loopback, port);
        await using CallbackListener listener = Listener();

        Assert.NotNull(await listener.OpenAsync([port], Stop));

        Assert.False(await LoginScene.IsListeningAsync(port));
    }

    [Fact]
    public async Task Another_login_server_is_asked_to_give_way_and_its_login_ends()
    {
        int port = LoginScene.FreePort();
        await using LoginScene older = await LoginScene.StartAsync([port]);
        LoginSession waiting = await older.BeginAsync();
        await using CallbackListener listener = Listener();

        Assert.Null(await listener.OpenAsync([port], Stop));

        Assert.Equal(port, listener.Port);
        Assert.Equal(new LoginProgress(LoginStage.Cancelled, "Another program began a sign-in on the same port."), await waiting.Ended);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Referer: https://evil.example/")]
    public async Task A_web_page_cannot_cancel_a_login(string header)
    {
        await using LoginScene scene = await LoginScene.StartAsync();
        LoginSession session = await scene.BeginAsync();
        int port = session.Authorization!.Port;

        string reply = await LoginScene.SendRawAsync(port, $"GET /cancel HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", reply, StringComparison.Ordinal);
        Assert.Equal(LoginStage.Waiting, session.Progress.Stage);
        Assert.StartsWith("HTTP/1.1 404 ", await LoginScene.SendRawAsync(port, "GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_under_way_is_finished_when_it_closes()
    {
        TaskCompletionSource<CallbackReply> answer = new();
        TaskCompletionSource reached = new();
        CallbackListener listener = new(_ =>
        {
            reached.SetResult();
            return answer.Task;
        }, TimeProvider.System);
        await listener.OpenAsync([0], Stop);
        Task<string> reply = LoginScene.SendRawAsync(listener.Port!.Value, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await reached.Task;

        ValueTask closing = listener.DisposeAsync();
        answer.SetResult(LoginPages.Success("Signed in"));
        await closing;

        Assert.Contains("Sign-in complete", await reply, StringComparison.Ordinal);
    }

    // The system's clock: a retry pauses for a moment.
    private static CallbackListener Listener(Action<CallbackRequest>? see = null) => new(request =>
    {
        see?.Invoke(request);
        return Task.FromResult(CallbackReply.Line(HttpStatusCode.OK, "fine"));
    }, TimeProvider.System);
}
