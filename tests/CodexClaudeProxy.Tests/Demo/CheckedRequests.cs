using System.Text.RegularExpressions;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Demo;

/// <summary>Shows every inference request of a demo to the fake backend as well, whose rules are the real one's.</summary>
internal sealed partial class CheckedRequests(HttpMessageHandler simulated, FakeBackend rules) : DelegatingHandler(simulated)
{
    private readonly HttpMessageInvoker _toRules = new(new SocketsHttpHandler());
    private readonly string _token = rules.Auth.SignIn().AccessToken;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.EndsWith("/responses", StringComparison.Ordinal)) return await base.SendAsync(request, cancellationToken);

        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        using HttpRequestMessage copy = new(HttpMethod.Post, rules.CodexUrl + "/responses") { Content = new ByteArrayContent(body) };
        copy.Content.Headers.ContentType = request.Content.Headers.ContentType;
        foreach ((string name, var values) in request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values.ToString());
        copy.Headers.Remove("authorization");
        copy.Headers.TryAddWithoutValidation("authorization", $"Bearer {_token}");
        copy.Headers.Remove("chatgpt-account-id");
        copy.Headers.TryAddWithoutValidation("chatgpt-account-id", FakeAuth.DefaultUser.AccountId);
        (await _toRules.SendAsync(copy, cancellationToken)).Dispose();

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        await RememberReasoningAsync(response, cancellationToken);
        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _toRules.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What was issued may come back; anything else breaks a rule.</summary>
    private async Task RememberReasoningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        foreach (Match match in Encrypted().Matches(System.Text.Encoding.UTF8.GetString(body))) rules.Issued.Register(match.Groups[1].Value, FakeAuth.DefaultUser);
        ByteArrayContent copy = new(body);
        copy.Headers.ContentType = response.Content.Headers.ContentType;
        response.Content = copy;
    }

    [GeneratedRegex("response.output_item.done.*?\"encrypted_content\":\"([^\"]+)\"")]
    private static partial Regex Encrypted();
}
