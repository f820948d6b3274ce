using System.Text.Json;

namespace FakeCodex;

/// <summary>
/// The request of a client-executed search. Only its success is known from the real backend, so these are the least demands.
/// </summary>
internal static class SearchRules
{
    private static readonly Shape Body = Shape.Of("id model commands", "input settings max_output_tokens");

    public static Rejection? FirstBroken(JsonElement body) => All(body).FirstOrDefault();

    private static IEnumerable<Rejection> All(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            yield return Rejection.Detail(400, "Invalid JSON body");
            yield break;
        }
        foreach (Rejection broken in Body.Check(body, "body")) yield return broken;
        if (body.Get("commands").ValueKind != JsonValueKind.Object || !body.Get("commands").EnumerateObject().Any())
        {
            yield return Rejection.Missing("commands");
        }
        foreach ((int index, JsonElement query) in body.Get("commands").Get("search_query").Items().Index())
        {
            if (string.IsNullOrEmpty(query.GetText("q"))) yield return Rejection.Missing($"commands.search_query[{index}].q");
        }
    }
}
