using System.Net;
using CodexClaudeProxy.Hosting;
using Microsoft.AspNetCore.Http;

namespace CodexClaudeProxy.Tests.Hosting;

public sealed class RoutesTests
{
    [Theory]
    [InlineData("/v1/messages", "/v1/messages")]
    [InlineData("/V1/Messages", "/v1/messages")]
    [InlineData("/v1/messages/", "/v1/messages")]
    [InlineData("//v1/messages", "/v1/messages")]
    [InlineData("/v1/v1/messages", "/v1/messages")]
    [InlineData("/v1/v1/models/x", "/v1/models/{id*}")]
    [InlineData("/", "/")]
    [InlineData("/messages", null)]
    [InlineData("/v1", null)]
    [InlineData("/v1/messages/more", null)]
    public void Paths_are_matched_leniently(string path, string? pattern)
    {
        string? called = null;
        var routes = new Routes();
        foreach (string known in new[] { "/", "/v1/messages", "/v1/models/{id*}" })
            routes.Get(known, _ => { called = known; return Task.CompletedTask; });

        routes.Find(Request(path))?.Handler("GET")?.Invoke(null!);

        Assert.Equal(pattern, called);
    }

    [Theory]
    [InlineData("/accounts/a@b.c/refresh", "email", "a@b.c")]
    [InlineData("/accounts/a%2Fb/refresh/", "email", "a/b")]
    [InlineData("/v1/models/gpt-5.5", "id", "gpt-5.5")]
    [InlineData("/v1/models/anthropic/claude-opus", "id", "anthropic/claude-opus")]
    public void Parts_of_the_path_become_values(string path, string name, string value)
    {
        Routes routes = new Routes().Post("/accounts/{email}/refresh", Done).Get("/v1/models/{id*}", Done);
        HttpRequest request = Request(path);

        Assert.NotNull(routes.Find(request));
        Assert.Equal(value, request.RouteValues[name]);
    }

    [Fact]
    public void A_fixed_path_wins_over_a_pattern()
    {
        Routes routes = new Routes().Get("/accounts/{email}", Done).Post("/accounts/add", Done);

        Assert.Equal("POST", routes.Find(Request("/accounts/ADD"))!.Allow);
    }

    [Fact]
    public void Get_also_answers_head_and_one_path_has_several_methods()
    {
        Routes routes = new Routes().Get("/settings/{name}", Done).Post("/settings/{name}", Done);
        Routes.Resource resource = routes.Find(Request("/settings/x"))!;

        Assert.NotNull(resource.Handler("HEAD"));
        Assert.Null(resource.Handler("DELETE"));
        Assert.Equal("GET, POST, HEAD", resource.Allow);
    }

    [Fact]
    public async Task Head_has_the_headers_of_get_and_no_body()
    {
        await using TestProxy proxy = await TestProxy.StartAsync();

        Answer answer = await proxy.SendAsync(HttpMethod.Head, "/health", null);

        Assert.Equal((HttpStatusCode.OK, ""), (answer.Status, answer.Body));
        Assert.NotEqual("0", answer.Header("content-length"));
    }

    private static HttpRequest Request(string path) => new DefaultHttpContext { Request = { Path = path } }.Request;

    private static Task Done(HttpContext http) => Task.CompletedTask;
}
