using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>A part of the reference.</summary>
/// <param name="Text">What all its operations have in common; Markdown.</param>
internal sealed record Topic(string Name, string Text, params Operation[] Operations);

/// <summary>One method of one path.</summary>
/// <param name="Path">As it is mapped in the program.</param>
/// <param name="Summary">What it does, in one sentence.</param>
internal sealed record Operation(string Method, string Path, string Summary)
{
    /// <summary>The path for people, where a pattern of the program stands for a whole rest.</summary>
    public string Shown { get; init; } = Path.Replace("*}", "}", StringComparison.Ordinal);

    /// <summary>Further sentences; Markdown.</summary>
    public string? More { get; init; }

    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    public Body? Request { get; init; }

    /// <summary>A request without a body does not do.</summary>
    public bool RequestIsRequired => RequiredMembers.Count > 0;

    /// <summary>Members of the request that must be there.</summary>
    public IReadOnlyList<string> RequiredMembers { get; init; } = [];

    public IReadOnlyList<Reply> Replies { get; init; } = [];

    /// <summary>Commands for a shell, see <see cref="Curl"/>.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>In whose words errors are told.</summary>
    public Envelope Errors { get; init; } = Envelope.Management;

    public bool NeedsKey { get; init; } = true;

    public static Operation Get(string path, string summary) => new("GET", path, summary);

    public static Operation Post(string path, string summary) => new("POST", path, summary);

    public static Operation Patch(string path, string summary) => new("PATCH", path, summary);

    public static Operation Delete(string path, string summary) => new("DELETE", path, summary);

    public static Operation Head(string path, string summary) => new("HEAD", path, summary);

    public Operation Also(string more) => this with { More = more };

    public Operation As(string shown) => this with { Shown = shown };

    /// <summary>A part of the path, which <see cref="Shown"/> names.</summary>
    public Operation Segment(string name, string text) => With(new Parameter(name, text) { In = "path" });

    public Operation Query(string name, string text, params string[] words) => With(new Parameter(name, text) { Words = words });

    public Operation Number(string name, string text) => With(new Parameter(name, text) { Type = "integer" });

    public Operation Flag(string name, string text) => With(new Parameter(name, text) { Type = "boolean" });

    public Operation Time(string name, string text) => With(new Parameter(name, text) { Format = "date-time" });

    public Operation Header(string name, string text) => With(new Parameter(name, text) { In = "header" });

    /// <param name="required">The members that must be there; with a question mark where they may be null.</param>
    public Operation Takes(JsonTypeInfo contract, params string[] required) => this with { Request = new Body(contract), RequiredMembers = required };

    /// <param name="name">A schema of <see cref="FreeSchemas"/>.</param>
    public Operation TakesFree(string name, params string[] required) => this with { Request = new Body(null) { Named = name }, RequiredMembers = required };

    public Operation Answers(JsonTypeInfo contract, string text = "Done.", int status = 200) => With(new Reply(status, text, new Body(contract)));

    public Operation AnswersFree(string name, string text = "Done.", int status = 200) => With(new Reply(status, text, new Body(null) { Named = name }));

    /// <param name="contract">What each event holds; null for something else than JSON.</param>
    public Operation AnswersText(string mediaType, string text, JsonTypeInfo? contract = null) =>
        With(new Reply(200, text, new Body(contract) { MediaType = mediaType }));

    public Operation AnswersList(JsonTypeInfo contract, string text) => With(new Reply(200, text, new Body(contract) { IsList = true }));

    public Operation AnswersNothing(string text) => With(new Reply(200, text, null));

    /// <summary>An error in the words of <see cref="Errors"/>.</summary>
    public Operation Refuses(int status, string text) => With(new Reply(status, text, null) { IsError = true });

    public Operation Anthropic() => this with { Errors = Envelope.Anthropic };

    public Operation OpenAi() => this with { Errors = Envelope.OpenAi };

    /// <summary>Also for callers without the access key.</summary>
    public Operation Open() => this with { NeedsKey = false };

    public Operation Try(string more = "", string body = "", string? path = null, string? headers = null) =>
        this with { Examples = [.. Examples, Curl.Of(Method, path ?? Shown + more, body, headers)] };

    /// <summary>Such as <c>getAccountsQuota</c>.</summary>
    public string Id => Method.ToLowerInvariant() + string.Concat(
        Shown.Split(['/', '-', '_', '.', '{', '}'], StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private Operation With(Parameter parameter) => this with { Parameters = [.. Parameters, parameter] };

    private Operation With(Reply reply) => this with { Replies = [.. Replies, reply] };
}

/// <summary>What a request may carry beside its body.</summary>
internal sealed record Parameter(string Name, string Text)
{
    /// <summary><c>query</c>, <c>path</c> or <c>header</c>.</summary>
    public string In { get; init; } = "query";

    public string Type { get; init; } = "string";

    public string? Format { get; init; }

    public IReadOnlyList<string> Words { get; init; } = [];

    public JsonObject Schema()
    {
        JsonObject schema = new() { ["type"] = Type };
        if (Format is not null) schema["format"] = Format;
        if (Words.Count > 0) schema["enum"] = new JsonArray([.. Words.Select(word => (JsonNode)word)]);
        return schema;
    }
}

/// <summary>What a request or an answer holds.</summary>
/// <param name="Contract">Of JSON and of the events of a stream.</param>
internal sealed record Body(JsonTypeInfo? Contract)
{
    public string MediaType { get; init; } = "application/json";

    /// <summary>A list of what the contract describes.</summary>
    public bool IsList { get; init; }

    /// <summary>The schema by its name, where no contract has it: see <see cref="FreeSchemas"/>.</summary>
    public string? Named { get; init; }
}

/// <summary>One way a request ends.</summary>
internal sealed record Reply(int Status, string Text, Body? Body)
{
    public bool IsError { get; init; }
}
