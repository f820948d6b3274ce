using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;

namespace CodexClaudeProxy.EndToEnd.DotNet;

/// <summary>Semantic Kernel with its connector for OpenAI, which speaks Chat Completions.</summary>
internal sealed class SemanticKernelChat(OpenAIClient client) : DotNetClient
{
    private readonly Kernel _kernel = Kernel.CreateBuilder().AddOpenAIChatCompletion(Model, client).Build();

    private IChatCompletionService Chat => _kernel.GetRequiredService<IChatCompletionService>();

    public override async Task<string> AskAsync(string prompt, CancellationToken cancellation) =>
        (await Chat.GetChatMessageContentAsync(prompt, cancellationToken: cancellation)).Content!;

    public override async IAsyncEnumerable<string> StreamAsync(string prompt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (StreamingChatMessageContent piece in Chat.GetStreamingChatMessageContentsAsync(prompt, cancellationToken: cancellation)) yield return piece.Content ?? "";
    }

    public override async Task<string> UseToolsAsync(string prompt, Weather weather, CancellationToken cancellation)
    {
        Kernel kernel = _kernel.Clone();
        kernel.Plugins.AddFromFunctions("sky", [KernelFunctionFactory.CreateFromMethod(([Description("Where")] string city) => weather.In(city), "weather", "Tells the weather")]);
        OpenAIPromptExecutionSettings settings = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        List<string> pieces = [];
        await foreach (StreamingChatMessageContent piece in Chat.GetStreamingChatMessageContentsAsync([new ChatMessageContent(AuthorRole.User, prompt)], settings, kernel, cancellation))
        {
            pieces.Add(piece.Content ?? "");
        }
        return string.Concat(pieces);
    }

    public override async Task<string> LookAsync(string prompt, byte[] png, CancellationToken cancellation)
    {
        ChatHistory history = [new ChatMessageContent(AuthorRole.User, [new TextContent(prompt), new ImageContent(png, "image/png")])];
        return (await Chat.GetChatMessageContentAsync(history, cancellationToken: cancellation)).Content!;
    }

    public override async Task<string?> TitleAsync(string prompt, CancellationToken cancellation)
    {
        OpenAIPromptExecutionSettings settings = new() { ResponseFormat = typeof(ExtensionsAi.Book) };
        ChatMessageContent answer = await Chat.GetChatMessageContentAsync(prompt, settings, cancellationToken: cancellation);
        return JsonSerializer.Deserialize<ExtensionsAi.Book>(answer.Content!)?.Title;
    }

    /// <summary>Its own exception for a whole answer; for a streamed one that of the library below.</summary>
    public override int? StatusOf(Exception error) => error is HttpOperationException { StatusCode: { } status } ? (int)status : OpenAiChatPackage.Status(error);
}
