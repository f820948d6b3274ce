using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.Responses;
using CodexClaudeProxy.Protocol.Tests.MessagesToCodex;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Tests.Responses;

/// <summary>Passes a request of the Responses API through, and an answer back, as the program does.</summary>
internal static class Passed
{
    public static (JsonElement Body, TurnContext? Context, ApiError? Error) Convert(string members, bool isCodex = false, ModelProfile? profile = null, ConversionOptions? options = null)
    {
        var request = new JsonObject { ["model"] = "gpt-5.6", ["input"] = "Hi" };
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject()) request[name] = value?.DeepClone();
        if (!PassThroughRequest.TryParse(Encoding.UTF8.GetBytes(request.ToJsonString()), isCodex, null, out var parsed, out var error)) return (default, null, error);
        using (parsed)
        {
            using var body = new PooledBuffer();
            return PassThrough.TryConvert(parsed!, profile ?? Converted.Profile, options ?? Converted.Options, body, out var context, out error)
                ? (JsonElement.Parse(body.Written), context, null)
                : (default, null, error);
        }
    }

    public static JsonElement Body(string members, bool isCodex = false, ModelProfile? profile = null, ConversionOptions? options = null)
    {
        var (body, _, error) = Convert(members, isCodex, profile, options);
        Assert.Null(error);
        return body;
    }

    public static JsonElement Input(string items) => Body($$"""{"input":{{items}}}""").GetProperty("input");

    /// <summary>The bytes a client gets, and why there are no more.</summary>
    public static (string Text, ApiError? Error, ResponseRelay Relay) Relay(IEnumerable<byte[]?> events, RelayForm form, TurnContext? context = null)
    {
        context ??= CodexToMessages.SampleTurn.Context();
        using var output = new PooledBuffer();
        using var relay = new ResponseRelay(context, output, form, TimeProvider.System);
        foreach (var json in events)
        {
            if (json is null) break;
            relay.Handle(json);
        }

        relay.EndOfStream();
        relay.Conclude();
        return (Encoding.UTF8.GetString(output.Written), relay.Failure?.ToApiError(context), relay);
    }

    /// <summary>The events of a stream by their names.</summary>
    public static List<(string Name, JsonElement Data)> Events(string stream) =>
        [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(static frame => !frame.StartsWith(':')).Select(static frame =>
        {
            var lines = frame.Split('\n');
            Assert.Equal(2, lines.Length);
            var data = JsonElement.Parse(lines[1]["data: ".Length..]);
            Assert.Equal(lines[0]["event: ".Length..], data.GetProperty("type").GetString());
            return (lines[0]["event: ".Length..], data);
        })];
}
