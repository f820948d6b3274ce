using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenAI;
using OpenAI.Responses;

namespace CodexClaudeProxy.EndToEnd.DotNet;

/// <summary>The package <c>OpenAI</c>, on Responses.</summary>
internal sealed class OpenAiResponsesPackage(string url, int? retries) : DotNetClient
{
    private readonly OpenAIClient _client = OpenAiChatPackage.Connect(url, retries);

    private ResponsesClient Responses => _client.GetResponsesClient();

    public override async Task<string> AskAsync(string prompt, CancellationToken cancellation) =>
        TextOf(await Responses.CreateResponseAsync(Model, prompt, cancellationToken: cancellation));

    public override async IAsyncEnumerable<string> StreamAsync(string prompt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (StreamingResponseUpdate update in Responses.CreateResponseStreamingAsync(Model, prompt, cancellationToken: cancellation))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate text) yield return text.Delta;
        }
    }

    public override async Task<string> UseToolsAsync(string prompt, Weather weather, CancellationToken cancellation)
    {
        CreateResponseOptions options = new(Model, [ResponseItem.CreateUserMessageItem(prompt)])
        {
            Tools = { ResponseTool.CreateFunctionTool("weather", BinaryData.FromString(WeatherSchema), strictModeEnabled: true) },
        };
        while (true)
        {
            ResponseResult response = await Responses.CreateResponseAsync(options, cancellation);
            FunctionCallResponseItem[] calls = [.. response.OutputItems.OfType<FunctionCallResponseItem>()];
            if (calls.Length == 0) return TextOf(response);
            foreach (ResponseItem item in response.OutputItems) options.InputItems.Add(item);
            foreach (FunctionCallResponseItem call in calls)
            {
                options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, weather.In(OpenAiChatPackage.CityIn(call.FunctionArguments))));
            }
        }
    }

    public override async Task<string> LookAsync(string prompt, byte[] png, CancellationToken cancellation)
    {
        ResponseItem message = ResponseItem.CreateUserMessageItem(
        [
            ResponseContentPart.CreateInputTextPart(prompt),
            ResponseContentPart.CreateInputImagePart(BinaryData.FromBytes(png, "image/png")),
        ]);
        return TextOf(await Responses.CreateResponseAsync(Model, [message], cancellationToken: cancellation));
    }

    public override async Task<string?> TitleAsync(string prompt, CancellationToken cancellation)
    {
        CreateResponseOptions options = new(Model, [ResponseItem.CreateUserMessageItem(prompt)])
        {
            TextOptions = new() { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("a_title", BinaryData.FromString(TitleSchema), jsonSchemaIsStrict: true) },
        };
        return JsonElement.Parse(TextOf(await Responses.CreateResponseAsync(options, cancellation))).GetProperty("title").GetString();
    }

    public override Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancellation) => OpenAiChatPackage.ListAsync(_client, cancellation);

    public override int? StatusOf(Exception error) => OpenAiChatPackage.Status(error);

    private static string TextOf(ResponseResult response) => response.GetOutputText() ?? "";
}
