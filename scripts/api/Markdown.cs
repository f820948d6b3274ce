using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>The reference for people.</summary>
internal sealed partial class Markdown(Schemas schemas, JsonObject answers)
{
    private const string Introduction = $$"""
        # API reference

        Every route of the program, with its parameters, its members and an example. This file is written by `dotnet run --project scripts/api -- docs`, from the
        records in the code and their comments; a test executes the examples. The same for programs: [openapi.json](openapi.json), which the program itself serves at
        `/openapi.json`.

        * **Address.** `{{Curl.Origin}}` without any option.
        * **Access key.** Where one is set (`--api-key`), every route wants it as `x-api-key: KEY`, `Authorization: Bearer KEY` or `x-ccp-key: KEY`, but for those that say otherwise here. As soon as clients have [keys of their own](KEYS.md), the routes for models, for turns and for what a Codex client asks about its account want one of them in the same place; a client's key opens no other route.
        * **Bodies** are JSON, with `Content-Type: application/json`. A body that holds nothing can be omitted. Members that are not known are ignored unless a route says otherwise.
        * **Times** are ISO 8601 in UTC, such as `2026-11-25T08:00:00.000Z`.
        * **Errors** of the two client APIs are told in their own words: [AnthropicError](#anthropicerror) and [OpenAiError](#openaierror). All other routes answer
          [ManagementError](#managementerror), but a client that sends `anthropic-version` gets Anthropic's words below `/api` and from `/v1/models` too.

        Beside what is said of each route, any of them may answer:

        | Status | When |
        |---|---|
        | 400 | The body is not valid JSON, or a member or parameter is not what it must be; the error names it. |
        | 401 | The access key, or the key of a client, is missing or wrong. |
        | 403 | The request comes from another web page. |
        | 404, 405 | There is no such route, or it has no such method. |
        | 413, 414, 431 | The body, the address or the headers are too large; a body may have 32 MB. |
        | 415 | The body is not `application/json`. |
        | 421 | The `Host` is none of the proxy's names. |
        | 500 | Something went wrong in the program; the log tells more. |
        | 529, for OpenAI clients 503 | The proxy is overloaded or about to stop; try again in some seconds. |

        Examples are shortened: of each list the first two entries, of each long text the beginning. `$LOGIN`, `$REQUEST` and `$RESPONSE` stand for ids of earlier
        answers.

        """;

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _shown = [];
    private Dictionary<string, int> _uses = [];

    public string Document(IReadOnlyList<Topic> topics)
    {
        _uses = References().Matches(string.Concat(schemas.All.Values.Select(schema => schema.ToJsonString()))).CountBy(match => match.Groups[1].Value).ToDictionary();
        foreach (Body body in topics.SelectMany(topic => topic.Operations).SelectMany(BodiesOf)) CountIn(body);

        _text.Append(Introduction.ReplaceLineEndings("\n")).Append('\n');
        foreach (Topic topic in topics) _text.Append($"* [{topic.Name}](#{Anchor(topic.Name)})\n");
        _text.Append("* [Objects](#objects)\n");
        foreach (Topic topic in topics)
        {
            _text.Append($"\n## {topic.Name}\n\n{topic.Text.ReplaceLineEndings("\n").Trim()}\n");
            foreach (Operation operation in topic.Operations) Write(operation);
        }

        WriteObjects();
        return _text.ToString();
    }

    private static IEnumerable<Body> BodiesOf(Operation operation) => operation.Replies.Select(reply => reply.Body).Append(operation.Request).OfType<Body>();

    private void CountIn(Body body)
    {
        if (NameOf(body) is { } name) _uses[name] = _uses.GetValueOrDefault(name) + 1;
    }

    /// <summary>The name of the schema of a body; null for text.</summary>
    private static string? NameOf(Body body) => body.Named ?? (body.Contract is { } contract ? (contract.ElementType ?? contract.Type).Name : null);

    private static bool IsList(Body body) => body.IsList || body.Contract?.ElementType is not null;

    private void Write(Operation operation)
    {
        _text.Append($"\n### `{operation.Method} {operation.Shown}`\n\n{operation.Summary}");
        if (operation.More is { } more) _text.Append(' ').Append(more);
        if (!operation.NeedsKey) _text.Append(" Needs no access key.");
        _text.Append('\n');
        WriteParameters(operation.Parameters);
        if (operation.Request is { } request) WriteBody("Request", request, isRequest: true);
        foreach (Reply reply in operation.Replies.Where(reply => reply.Text.Length > 0).OrderBy(reply => reply.Status)) WriteReply(reply);
        foreach (string command in operation.Examples) WriteExample(command);
    }

    private void WriteParameters(IReadOnlyList<Parameter> parameters)
    {
        if (parameters.Count == 0) return;
        _text.Append("\n| Parameter | In | Type | Meaning |\n|---|---|---|---|\n");
        foreach (Parameter parameter in parameters) _text.Append($"| `{parameter.Name}` | {parameter.In} | {Types.Of(parameter.Schema())} | {Cell(parameter.Text)} |\n");
    }

    private void WriteReply(Reply reply)
    {
        if (reply.Body is { } body) WriteBody($"{reply.Status}", body, isRequest: false, reply.Text);
        else _text.Append($"\n**{reply.Status}:** {reply.Text}\n");
    }

    /// <summary>The members follow at once where nothing else has them; all others are among the objects.</summary>
    private void WriteBody(string what, Body body, bool isRequest, string text = "")
    {
        _text.Append($"\n**{what}:** {text}".TrimEnd());
        if (body.MediaType != "application/json") _text.Append($" `{body.MediaType}`");
        if (NameOf(body) is not { } name)
        {
            _text.Append('\n');
            return;
        }

        JsonObject schema = schemas.All[name];
        if (schema["properties"] is null)
        {
            _text.Append($" {schema["description"]}\n");
            _shown.Add(name);
        }
        else if (_uses[name] > 1 || IsList(body) || body.MediaType != "application/json")
        {
            _text.Append($" {(IsList(body) ? "A list of " : "")}[`{name}`](#{Anchor(name)})\n");
        }
        else
        {
            _text.Append('\n');
            _shown.Add(name);
            WriteMembers(schema, isRequest);
        }
    }

    private void WriteMembers(JsonObject schema, bool isRequest)
    {
        HashSet<string> always = [.. (schema["required"] as JsonArray ?? []).Select(name => (string)name!)];
        _text.Append("\n| Member | Type | Meaning |\n|---|---|---|\n");
        foreach ((string name, JsonNode? member) in schema["properties"]!.AsObject())
        {
            string text = $"{member!["description"]}";
            if (always.Contains(name) == isRequest && !text.Contains(isRequest ? "Required." : "absent", StringComparison.Ordinal)) text += isRequest ? " Required." : " May be absent.";
            _text.Append($"| `{name}` | {Types.Of(member.AsObject())} | {Cell(text)} |\n");
        }
    }

    private void WriteExample(string command)
    {
        _text.Append($"\n```sh\n{command}\n```\n");
        if (Answer.Find(answers, command) is not { } answer) return;
        if (answer.Status != 200) _text.Append($"\nStatus {answer.Status}:\n");
        if (answer.Body is JsonValue text) _text.Append($"\n```text\n{((string)text!).TrimEnd()}\n```\n");
        else if (answer.Body is { } body) _text.Append($"\n```json\n{Json.Compact(body)}\n```\n");
    }

    private void WriteObjects()
    {
        _text.Append("\n## Objects\n\nWhat several routes answer, and what is inside of answers.\n");
        foreach ((string name, JsonObject schema) in schemas.All.Where(schema => !_shown.Contains(schema.Key)))
        {
            _text.Append($"\n### {name}\n\n{schema["description"]}\n");
            if (schema["properties"] is not null) WriteMembers(schema, isRequest: false);
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    public static string Anchor(string heading) => NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("#/components/schemas/([A-Za-z]+)")]
    private static partial Regex References();
}
