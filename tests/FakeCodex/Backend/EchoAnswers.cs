using System.Text.Json.Nodes;

namespace FakeCodex;

/// <summary>What the fake says when nobody told it what to say.</summary>
internal static class EchoAnswers
{
    public static Reply Turn(ReceivedRequest request) =>
        Reply.Sse(new StreamScript(request.Json.GetText("model") ?? "gpt-5.5").Text($"You said: {request.LastUserText}").Completed());

    public static Reply Search(ReceivedRequest request)
    {
        string query = string.Join(", ", request.Json.Get("commands").Get("search_query").Items().Select(entry => entry.GetText("q")));
        return Reply.Json(200, new JsonObject
        {
            ["output"] = $"Results for: {query}",
            ["results"] = new JsonArray(new JsonObject
            {
                ["type"] = "text_result",
                ["ref_id"] = "turn0search0",
                ["url"] = "https://example.com/result",
                ["title"] = "A result",
                ["snippet"] = $"About {query}",
            }),
        }.ToCompactJson());
    }
}
