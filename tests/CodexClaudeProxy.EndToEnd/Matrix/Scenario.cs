using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd.Matrix;

/// <summary>One turn of the user as the backend sees it.</summary>
/// <param name="Number">Counted from 0; more than one where there are tools or repetitions.</param>
internal sealed record Turn(MatrixClient Client, ReceivedRequest Request, int Number, string Project)
{
    public FunctionCall AskForWeather(string city) => Client.AskForWeather(city, Project);
}

/// <summary>What every client is put through: what its user does, what the backend answers, and what the user must then have.</summary>
/// <param name="Action">What the driver is told to do.</param>
internal sealed record Scenario(string Name, string Action, Func<Turn, Reply> Answer, Action<JsonElement, IReadOnlyList<Turn>> Check)
{
    public const string Prompt = "Hello there, canary";

    public const string Hello = "The canary says hello.";

    public const string Cancel = "cancel";

    private const string Half = "The canary says";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("text", "text", static _ => Reply.Text(Hello), IsHello),
        new("stream", "stream", static _ => Reply.Text(Hello).Delivered(Delivery.Every(13)), IsHello),
        new("tools", "tools", TwoCalls, HasBothResults),
        new("streamed tools", "streamTools", TwoCalls, HasBothResults),
        new("image", "image", static turn => turn.Number == 0 && turn.Client.LookAtPicture(turn.Project) is { } look ? Reply.Calls(look) : Reply.Text(Hello), static (outcome, turns) =>
        {
            AssertText(Hello, outcome);
            Assert.Contains(turns, static turn => turn.Request.Input.Any(HasImage));
        }),
        new("structured output", "object", Object, static (outcome, _) =>
        {
            AssertNoError(outcome);
            Assert.Equal(("Rome", 18), (outcome.Get("object").GetText("city"), outcome.Get("object").Get("degrees").GetInt32()));
        }),
        new("overloaded once", "text", static turn => turn.Number == 0 ? Reply.Http("503-server-overloaded") : Reply.Text(Hello), static (outcome, _) => AssertText(Hello, outcome)),
        new("overloaded", "text", static _ => Reply.Stream("failed-server-overloaded"), static (outcome, _) => AssertError(outcome, "overloaded", 503, 529)),
        new("limit", "text", static _ => Reply.Http("429-usage-limit-reached"), static (outcome, _) => AssertError(outcome, "limit", 429)),
        new("cut", "stream", static _ => Reply.Sse(new StreamScript().UnfinishedText(Half).AbortConnection()), static (outcome, _) => AssertError(outcome, "")),
        // The answer waits until the user has given up; what the driver then says is up to the client.
        new(Cancel, "stream", static _ => throw new InvalidOperationException("The answer needs the gate of the test."), static (_, _) => { }),
        new("models", "models", static _ => throw new InvalidOperationException("Nobody asked a model."), static (outcome, _) =>
        {
            AssertNoError(outcome);
            Assert.Contains("gpt-5.5", outcome.Get("models").Items().Select(static id => id.GetString()));
        }),
    ];

    public static Reply Unfinished(Gate gate) => Reply.Sse(new StreamScript().UnfinishedText(Half).Hold(gate).Completed());

    private static void IsHello(JsonElement outcome, IReadOnlyList<Turn> turns)
    {
        AssertText(Hello, outcome);
        Assert.Single(turns);
    }

    private static Reply TwoCalls(Turn turn) => turn.Number > 0 ? Reply.Text(Hello)
        : Reply.Sse(new StreamScript().Reasoning("**Asking for two**").Calls(turn.AskForWeather("Rome"), turn.AskForWeather("Ulm")).Completed());

    /// <summary>The second step brings what both calls found, and the reasoning that led to them: from the client where it was given any, else from the proxy.</summary>
    private static void HasBothResults(JsonElement outcome, IReadOnlyList<Turn> turns)
    {
        AssertText(Hello, outcome);
        Assert.Equal(2, turns.Count);
        string[] outputs = [.. turns[1].Request.ToolOutputs.Select(static output => output.Value)];
        Assert.Equal(2, outputs.Length);
        Assert.Contains("18 degrees in Rome", outputs[0], StringComparison.Ordinal);
        Assert.Contains("18 degrees in Ulm", outputs[1], StringComparison.Ordinal);
        Assert.Single(turns[1].Request.Input, static item => item.GetText("type") == "reasoning");
    }

    /// <summary>A client that asks for a format gets it as text; one that forces a tool gets a call.</summary>
    private static Reply Object(Turn turn)
    {
        const string Object = """{"city":"Rome","degrees":18}""";
        if (turn.Number > 0) return Reply.Text("That was all.");
        if (turn.Request.Json.Get("text").Get("format").GetText("type") == "json_schema") return Reply.Text(Object);
        string tool = turn.Request.ToolNames().LastOrDefault(static name => name.Contains("output", StringComparison.OrdinalIgnoreCase)) ?? turn.Request.ToolNames().Last();
        return Reply.Calls(new FunctionCall(tool, Object));
    }

    /// <summary>Qwen Code makes a JPEG of the picture; all others send it as it is.</summary>
    private static bool HasImage(JsonElement item) =>
        item.Get("content").Items().Concat(item.Get("output").Items())
            .Any(static part => part.GetText("type") == "input_image" && part.GetText("image_url")! is { } url
                && (url.StartsWith("data:image/png;base64,", StringComparison.Ordinal) || url.StartsWith("data:image/jpeg;base64,", StringComparison.Ordinal)));

    private static void AssertText(string expected, JsonElement outcome)
    {
        AssertNoError(outcome);
        Assert.Equal(expected, outcome.GetText("text")?.Trim());
    }

    private static void AssertNoError(JsonElement outcome) => Assert.False(outcome.Has("error"), outcome.GetRawText());

    /// <summary>The user is told, in words that say what it is; a client that keeps the status has the right one, where there was one.</summary>
    private static void AssertError(JsonElement outcome, string word, params int[] statuses)
    {
        JsonElement error = outcome.Get("error");
        Assert.True(error.ValueKind == JsonValueKind.Object, outcome.GetRawText());
        Assert.Contains(word, error.GetText("message"), StringComparison.OrdinalIgnoreCase);
        if (statuses.Length > 0 && !error.Get("status").IsAbsentOrNull()) Assert.Contains(error.Get("status").GetInt32(), statuses);
    }
}
