using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace CodexClaudeProxy.EndToEnd.DotNet;

/// <summary>The package <c>OpenAI</c>, on Chat Completions.</summary>
internal sealed class OpenAiChatPackage(string url, int? retries) : DotNetClient
{
    private readonly OpenAIClient _client = Connect(url, retries);

    private ChatClient Chat => _client.GetChatClient(Model);

    public static OpenAIClient Connect(string url, int? retries)
    {
        OpenAIClientOptions options = new() { Endpoint = new(url + "/v1") };
        if (retries is { } count) options.RetryPolicy = new ClientRetryPolicy(count);
        return new(new ApiKeyCredential("any"), options);
    }

    public override async Task<string> AskAsync(string prompt, CancellationToken cancellation) =>
        TextOf(await Chat.CompleteChatAsync([new UserChatMessage(prompt)], cancellationToken: cancellation));

    public override async IAsyncEnumerable<string> StreamAsync(string prompt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync([new UserChatMessage(prompt)], cancellationToken: cancellation))
        {
            foreach (ChatMessageContentPart part in update.ContentUpdate) yield return part.Text;
        }
    }

    public override async Task<string> UseToolsAsync(string prompt, Weather weather, CancellationToken cancellation)
    {
        ChatCompletionOptions options = new() { Tools = { ChatTool.CreateFunctionTool("weather", "Tells the weather", BinaryData.FromString(WeatherSchema)) } };
        List<ChatMessage> messages = [new UserChatMessage(prompt)];
        while (true)
        {
            ChatCompletion completion = await Chat.CompleteChatAsync(messages, options, cancellation);
            if (completion.FinishReason != ChatFinishReason.ToolCalls) return TextOf(completion);
            messages.Add(new AssistantChatMessage(completion));
            foreach (ChatToolCall call in completion.ToolCalls) messages.Add(new ToolChatMessage(call.Id, weather.In(CityIn(call.FunctionArguments))));
        }
    }

    public override async Task<string> LookAsync(string prompt, byte[] png, CancellationToken cancellation)
    {
        UserChatMessage message = new(ChatMessageContentPart.CreateTextPart(prompt), ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(png), "image/png"));
        return TextOf(await Chat.CompleteChatAsync([message], cancellationToken: cancellation));
    }

    public override async Task<string?> TitleAsync(string prompt, CancellationToken cancellation)
    {
        ChatCompletionOptions options = new() { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("a_title", BinaryData.FromString(TitleSchema), jsonSchemaIsStrict: true) };
        return JsonElement.Parse(TextOf(await Chat.CompleteChatAsync([new UserChatMessage(prompt)], options, cancellation))).GetProperty("title").GetString();
    }

    public override Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancellation) => ListAsync(_client, cancellation);

    public static async Task<IReadOnlyList<string>> ListAsync(OpenAIClient client, CancellationToken cancellation)
    {
        OpenAIModelCollection models = await client.GetOpenAIModelClient().GetModelsAsync(cancellation);
        return [.. models.Select(static model => model.Id)];
    }

    public override int? StatusOf(Exception error) => Status(error);

    public static int? Status(Exception error) => error is ClientResultException { Status: > 0 } answered ? answered.Status : null;

    public static string CityIn(BinaryData arguments) => JsonElement.Parse(arguments).GetProperty("city").GetString()!;

    private static string TextOf(ChatCompletion completion) => string.Concat(completion.Content.Select(static part => part.Text));
}
