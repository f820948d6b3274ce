using System.Runtime.CompilerServices;
using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace CodexClaudeProxy.EndToEnd.DotNet;

/// <summary>The package <c>Anthropic</c>, told to check every answer against its schemas.</summary>
internal sealed class AnthropicPackage(string url, int? retries) : DotNetClient
{
    private readonly AnthropicClient _client = Connect(url, retries);

    public static AnthropicClient Connect(string url, int? retries) =>
        new() { BaseUrl = url, ApiKey = "any", AuthToken = null, MaxRetries = retries, ResponseValidation = true };

    public override async Task<string> AskAsync(string prompt, CancellationToken cancellation) =>
        TextOf(await _client.Messages.Create(Request(new UserMessageParam(prompt)), cancellation));

    public override async IAsyncEnumerable<string> StreamAsync(string prompt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (RawMessageStreamEvent streamed in _client.Messages.CreateStreaming(Request(new UserMessageParam(prompt)), cancellation))
        {
            if (streamed.TryPickContentBlockDelta(out RawContentBlockDeltaEvent? block) && block.Delta.TryPickText(out TextDelta? text)) yield return text.Text;
        }
    }

    public override async Task<string> UseToolsAsync(string prompt, Weather weather, CancellationToken cancellation)
    {
        Tool tool = new() { Name = "weather", InputSchema = new(Members(WeatherSchema)) };
        List<MessageParam> messages = [new UserMessageParam(prompt)];
        while (true)
        {
            Message answer = await _client.Messages.Create(Request([.. messages]) with { Tools = [tool] }, cancellation);
            List<ContentBlockParam> said = [], results = [];
            foreach (ContentBlock block in answer.Content)
            {
                said.Add(new(block.Json));
                if (!block.TryPickToolUse(out ToolUseBlock? call)) continue;
                results.Add(new ToolResultBlockParam(call.ID) { Content = weather.In(call.Input["city"].GetString()!) });
            }
            if (results.Count == 0) return TextOf(answer);
            messages.AddRange([new AssistantMessageParam(said), new UserMessageParam(results)]);
        }
    }

    public override async Task<string> LookAsync(string prompt, byte[] png, CancellationToken cancellation)
    {
        Base64ImageSource image = new() { Data = Convert.ToBase64String(png), MediaType = MediaType.ImagePng };
        List<ContentBlockParam> content = [new ImageBlockParam(image), new TextBlockParam(prompt)];
        return TextOf(await _client.Messages.Create(Request(new UserMessageParam(content)), cancellation));
    }

    public override async Task<string?> TitleAsync(string prompt, CancellationToken cancellation)
    {
        OutputConfig config = new() { Format = new JsonOutputFormat { Schema = Members(TitleSchema) } };
        Message answer = await _client.Messages.Create(Request(new UserMessageParam(prompt)) with { OutputConfig = config }, cancellation);
        return JsonElement.Parse(TextOf(answer)).GetProperty("title").GetString();
    }

    public override async Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancellation)
    {
        List<string> ids = [];
        for (var page = await _client.Models.List(cancellationToken: cancellation); ; page = await page.Next(cancellation))
        {
            ids.AddRange(page.Items.Select(static model => model.ID));
            if (!page.HasNext()) return ids;
        }
    }

    public override int? StatusOf(Exception error) => Status(error);

    public static int? Status(Exception error) => error is AnthropicApiException answered ? (int)answered.StatusCode : null;

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    private static MessageCreateParams Request(params MessageParam[] messages) => new() { Model = Model, MaxTokens = 1024, Messages = messages };

    private static string TextOf(Message message) =>
        string.Concat(message.Content.Select(static block => block.TryPickText(out TextBlock? text) ? text.Text : ""));

    private static Dictionary<string, JsonElement> Members(string json) =>
        JsonElement.Parse(json).EnumerateObject().ToDictionary(static member => member.Name, static member => member.Value);
}
