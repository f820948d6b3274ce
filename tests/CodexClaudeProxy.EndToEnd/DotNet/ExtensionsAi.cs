using System.ComponentModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CodexClaudeProxy.EndToEnd.DotNet;

/// <summary>Microsoft.Extensions.AI over another library, with its own tool loop.</summary>
internal sealed class ExtensionsAi(IChatClient inner, Func<Exception, int?> statusOf) : DotNetClient
{
    private readonly IChatClient _client = inner.AsBuilder().UseFunctionInvocation().Build();

    public override async Task<string> AskAsync(string prompt, CancellationToken cancellation) =>
        (await _client.GetResponseAsync(prompt, cancellationToken: cancellation)).Text;

    public override async IAsyncEnumerable<string> StreamAsync(string prompt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(prompt, cancellationToken: cancellation)) yield return update.Text;
    }

    /// <summary>Streamed: the library gathers the calls from their pieces.</summary>
    public override async Task<string> UseToolsAsync(string prompt, Weather weather, CancellationToken cancellation)
    {
        AIFunction tool = AIFunctionFactory.Create(([Description("Where")] string city) => weather.In(city), "weather", "Tells the weather");
        ChatResponse answer = await _client.GetStreamingResponseAsync(prompt, new() { Tools = [tool] }, cancellation).ToChatResponseAsync(cancellation);
        return answer.Messages[^1].Text;
    }

    public override async Task<string> LookAsync(string prompt, byte[] png, CancellationToken cancellation)
    {
        ChatMessage message = new(ChatRole.User, [new TextContent(prompt), new DataContent(png, "image/png")]);
        return (await _client.GetResponseAsync(message, cancellationToken: cancellation)).Text;
    }

    public override async Task<string?> TitleAsync(string prompt, CancellationToken cancellation) =>
        (await _client.GetResponseAsync<Book>(prompt, cancellationToken: cancellation)).Result.Title;

    public override int? StatusOf(Exception error) => statusOf(error);

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    internal sealed record Book(string Title);
}
