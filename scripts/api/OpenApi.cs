using System.Text.Json.Nodes;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>The reference for programs: OpenAPI 3.1.</summary>
internal sealed class OpenApi(Schemas schemas)
{
    public JsonObject Document(IReadOnlyList<Topic> topics)
    {
        JsonObject paths = Paths(topics);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = ProductVersion.Name,
                ["version"] = ProductVersion.Text,
                ["summary"] = "Anthropic's and OpenAI's APIs on a ChatGPT plan, and the management of the proxy that offers them.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = Curl.Origin, ["description"] = "The address without any option." }),
            // One of them, or none where no access key is set.
            ["security"] = new JsonArray([new JsonObject(), .. Keys.Select(key => new JsonObject { [key] = new JsonArray() })]),
            ["tags"] = new JsonArray([.. topics.Select(topic => new JsonObject { ["name"] = topic.Name, ["description"] = topic.Text })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.All.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value.DeepClone()))),
                ["responses"] = new JsonObject(Enum.GetValues<Envelope>().Select(envelope => KeyValuePair.Create(NameOf(envelope), (JsonNode?)Error(envelope, "The request was refused, or something went wrong.")))),
                ["securitySchemes"] = new JsonObject
                {
                    ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key", ["description"] = "The access key, where one is set." },
                    ["ccpKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-ccp-key", ["description"] = "The access key, where one is set, beside a credential for Anthropic." },
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The access key, where one is set." },
                },
            },
        };
    }

    private static readonly string[] Keys = ["apiKey", "ccpKey", "bearer"];

    public static string NameOf(Envelope envelope) => envelope switch
    {
        Envelope.Anthropic => "AnthropicError",
        Envelope.OpenAi => "OpenAiError",
        _ => nameof(ManagementError),
    };

    private JsonObject Paths(IReadOnlyList<Topic> topics)
    {
        // Also those that only a response of the components refers to.
        foreach (Envelope envelope in Enum.GetValues<Envelope>()) ErrorSchema(envelope);
        JsonObject paths = [];
        foreach (Topic topic in topics)
        {
            foreach (Operation operation in topic.Operations)
            {
                if (paths[operation.Shown] is not JsonObject path) paths[operation.Shown] = path = [];
                path[operation.Method.ToLowerInvariant()] = Of(operation, topic.Name);
            }
        }

        return paths;
    }

    private JsonObject Of(Operation operation, string topic)
    {
        JsonObject described = new() { ["operationId"] = operation.Id, ["tags"] = new JsonArray(topic), ["summary"] = operation.Summary };
        if (operation.More is { } more) described["description"] = more;
        if (!operation.NeedsKey) described["security"] = new JsonArray();
        if (operation.Parameters.Count > 0) described["parameters"] = new JsonArray([.. operation.Parameters.Select(Of)]);
        if (operation.Request is { } request)
            described["requestBody"] = new JsonObject { ["required"] = operation.RequestIsRequired, ["content"] = Content([request], isRequest: true, operation.RequiredMembers) };

        JsonObject responses = [];
        foreach (IGrouping<int, Reply> replies in operation.Replies.GroupBy(reply => reply.Status)) responses[$"{replies.Key}"] = Response(operation, [.. replies]);
        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/" + NameOf(operation.Errors) };
        described["responses"] = responses;
        return described;
    }

    private static JsonObject Of(Parameter parameter)
    {
        JsonObject described = new() { ["name"] = parameter.Name, ["in"] = parameter.In, ["description"] = parameter.Text };
        if (parameter.In == "path") described["required"] = true;
        described["schema"] = parameter.Schema();
        return described;
    }

    private JsonObject Response(Operation operation, Reply[] replies)
    {
        string text = string.Join(" ", replies.Select(reply => reply.Text));
        if (replies[0].IsError) return Error(operation.Errors, text);
        JsonObject response = new() { ["description"] = text };
        Body[] bodies = [.. replies.Select(reply => reply.Body).OfType<Body>()];
        if (bodies.Length > 0) response["content"] = Content(bodies, isRequest: false, []);
        return response;
    }

    private JsonObject Error(Envelope envelope, string text) => new()
    {
        ["description"] = text,
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = ErrorSchema(envelope) } },
    };

    private JsonObject ErrorSchema(Envelope envelope) =>
        envelope == Envelope.Management ? schemas.Of(HostingContext.Default.ManagementError) : schemas.Named(NameOf(envelope));

    /// <summary>Several bodies of one media type are alternatives.</summary>
    private JsonObject Content(IReadOnlyList<Body> bodies, bool isRequest, IReadOnlyList<string> required)
    {
        JsonObject content = [];
        foreach (IGrouping<string, Body> same in bodies.GroupBy(body => body.MediaType))
        {
            JsonObject[] all = [.. same.Select(body => SchemaOf(body, isRequest, required))];
            // Of the events of a stream OpenAPI 3.1 can only say that they are text.
            JsonObject schema = same.Key != "application/json" ? new JsonObject { ["type"] = "string" }
                : all.Length == 1 ? all[0]
                : new JsonObject { ["anyOf"] = new JsonArray(all) };
            content[same.Key] = new JsonObject { ["schema"] = schema };
        }

        return content;
    }

    private JsonObject SchemaOf(Body body, bool isRequest, IReadOnlyList<string> required)
    {
        JsonObject schema = body.Named is { } name ? schemas.Named(name) : body.Contract is { } contract ? schemas.Of(contract, isRequest, required) : [];
        return body.IsList ? new JsonObject { ["type"] = "array", ["items"] = schema } : schema;
    }
}
