namespace FakeCodex;

/// <summary>Behaviours a person can choose on the command line.</summary>
internal static class Scenarios
{
    public static Func<ReceivedRequest, Reply>? Find(string name) => name switch
    {
        "echo" => EchoAnswers.Turn,
        "reasoning" => Reasoning,
        "slow" => Slow,
        "tool" => Tool,
        "loop" => Loop,
        "overloaded" => _ => Reply.Stream("failed-server-overloaded"),
        _ => null,
    };

    private static Reply Reasoning(ReceivedRequest request) => Reply.Sse(new StreamScript()
        .Reasoning("**Reading the question**\n\nThe user wrote something.", "**Choosing an answer**\n\nRepeating it is safest.")
        .Text($"You said: {request.LastUserText}")
        .Completed(new(Input: 200, Output: 60, Reasoning: 40)));

    private static Reply Slow(ReceivedRequest request)
    {
        string[] words = [.. $"You said: {request.LastUserText}".Split(' ').Select(word => word + " ")];
        return Reply.Sse(new StreamScript().Text(words, (script, _) => script.Pause(TimeSpan.FromMilliseconds(300))).Completed());
    }

    private static Reply Loop(ReceivedRequest request)
    {
        if (request.ToolOutputs is [.., var last]) return Reply.Text($"The tool answered: {last.Value}");
        string? name = request.Json.Get("tools").Items().Select(tool => tool.GetText("name")).FirstOrDefault();
        return name is null ? Reasoning(request) : Reply.Sse(new StreamScript().Reasoning("Looking it up.").Calls(new FunctionCall(name, "{}")).Completed());
    }

    private static Reply Tool(ReceivedRequest request)
    {
        if (request.ToolOutputs is [.., var last]) return Reply.Text($"The tool answered: {last.Value}");
        string? name = request.Json.Get("tools").Items().Select(tool => tool.GetText("name")).FirstOrDefault();
        return name is null ? Reply.Text("There is no tool to call.") : Reply.Calls(new FunctionCall(name, "{}"));
    }
}
