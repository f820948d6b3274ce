using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Turns;
using static CodexClaudeProxy.Scripts.Api.Operation;

namespace CodexClaudeProxy.Scripts.Api.Topics;

/// <summary>The APIs of others that clients speak, with what is our own in them.</summary>
internal static class ClientTopics
{
    private const string Events = "text/event-stream";

    public static readonly Topic Anthropic = new(
        "Anthropic's API",
        """
        Requests and answers are those of [the official API](https://platform.claude.com/docs/en/api/messages). A model's name is one of Anthropic's, one of
        the plan's, or one of your own (`GET /settings/models` tells what each stands for).

        Answers carry these headers: `request-id` names the request in the request log; `anthropic-ratelimit-unified-*` tells what remains of the account's quota
        windows; `x-should-retry`, `retry-after` and `retry-after-ms` tell with an error whether and when to try again; `x-proxy-dropped-tools` names tools that
        were not sent upstream, because it has nothing like them.

        Requests for models of the setting `anthropicModels` pass to Anthropic unchanged, with the credential of the request; the access key, where one is set, is
        then sent as `x-ccp-key`. What comes back is Anthropic's answer with its own headers.
        """,
        Post("/v1/messages", "Answers a conversation.")
            .TakesFree("MessagesRequest", "model", "messages")
            .AnswersFree("Message", "Without `stream`.")
            .AnswersText(Events, "With `stream`: events.")
            .Refuses(400, "The request is not valid; the error names the member.").Refuses(429, "No account can serve: all quotas are used up.").Refuses(529, "The proxy or upstream is overloaded. Try again later.")
            .Anthropic()
            .Try(body: """{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""")
            .Try(body: """{"model":"claude-sonnet-4-5","messages":[]}"""),
        Post("/v1/messages/count_tokens", "Counts the input tokens of a request without sending it.")
            .TakesFree("CountTokensRequest", "model", "messages")
            .Answers(TurnsContext.Default.TokenCount, "The count.")
            .Answers(TurnsContext.Default.ManagedTokenCount, "With the beta `context-management-2025-06-27` it also tells the count before clearing.")
            .Anthropic()
            .Try(body: """{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"Hello"}]}"""),
        Head("/api/hello", "Opens a connection before the first request.").AnswersNothing("Always.").Anthropic().Open().Try());

    public static readonly Topic OpenAi = new(
        "OpenAI's APIs",
        """
        Requests and answers are those of the official [Chat Completions](https://platform.openai.com/docs/api-reference/chat) and
        [Responses](https://platform.openai.com/docs/api-reference/responses) APIs. Answers carry `x-request-id`, which names the request in the request log,
        and with an error `x-should-retry` and `retry-after`.

        Answers of the Responses API are remembered for an hour after their last use, in memory only (setting `rememberResponses`).
        """,
        Post("/v1/chat/completions", "Answers a conversation of the Chat Completions API.")
            .TakesFree("ChatCompletionRequest", "model", "messages")
            .AnswersFree("ChatCompletion", "Without `stream`.")
            .AnswersText(Events, "With `stream`: chunks.")
            .Refuses(400, "The request is not valid; the error names the member.").Refuses(429, "No account can serve: all quotas are used up.").Refuses(503, "The proxy or upstream is overloaded. Try again later.")
            .OpenAi()
            .Try(body: """{"model":"gpt-5.5","messages":[{"role":"user","content":"Hello"}]}"""),
        Post("/v1/responses", "Answers a request of the Responses API.")
            .TakesFree("ResponsesRequest", "model", "input")
            .AnswersFree("Response", "Without `stream`.")
            .AnswersText(Events, "With `stream`: events.")
            .Refuses(400, "The request is not valid; the error names the member.").Refuses(429, "No account can serve: all quotas are used up.").Refuses(503, "The proxy or upstream is overloaded. Try again later.")
            .OpenAi()
            .Try(body: """{"model":"gpt-5.5","input":"Hello"}"""),
        Get("/v1/responses", "Refuses a WebSocket, which the Codex CLI tries first: send a POST request.")
            .Refuses(405, "It was no attempt to open a WebSocket.").Refuses(426, "WebSockets are not supported.")
            .OpenAi().Try(),
        Post("/v1/responses/input_tokens", "Counts the input tokens of a request without sending it.")
            .TakesFree("ResponsesRequest", "model", "input")
            .Answers(TurnsContext.Default.ResponseTokenCount, "The count.").OpenAi()
            .Try(body: """{"model":"gpt-5.5","input":"Hello"}"""),
        Get("/v1/responses/{id*}", "Shows an answer that is remembered.")
            .Segment("id", "The answer's id.")
            .AnswersFree("Response", "It is remembered.").Refuses(404, "It is not remembered.").OpenAi()
            .Try(path: "/v1/responses/$RESPONSE"),
        Post("/v1/responses/{id*}", "Refuses to cancel an answer: none is made in the background.")
            .As("/v1/responses/{id}/cancel").Segment("id", "The answer's id.")
            .Refuses(400, "The answer is complete.").Refuses(404, "It is not remembered.").OpenAi()
            .Try(path: "/v1/responses/$RESPONSE/cancel"),
        Delete("/v1/responses/{id*}", "Forgets an answer.")
            .Segment("id", "The answer's id.")
            .Answers(SnakeCaseContext.Default.DeletedResponse, "It is forgotten.").Refuses(404, "It was not remembered.").OpenAi()
            .Try(path: "/v1/responses/$RESPONSE"),
        Post("/v1/responses/compact", "Compacts a conversation for the Codex CLI; upstream does it.")
            .TakesFree("CodexRequest").AnswersFree("CodexAnswer", "From upstream.").OpenAi(),
        Post("/v1/alpha/search", "Searches the web for the Codex CLI; upstream does it.")
            .TakesFree("CodexRequest").AnswersFree("CodexAnswer", "From upstream.").OpenAi()
            .Try(body: """{"id":"search-1","model":"gpt-5.5","commands":{"search_query":[{"q":"weather in Berlin"}]}}"""));

    public static readonly Topic Models = new(
        "Models",
        """
        The list has the plan's models and your own names for them. A client that sends `anthropic-version` gets Anthropic's shape, with each model under a name
        that Claude Code accepts too; any other gets OpenAI's.
        """,
        Get("/v1/models", "Lists the models.")
            .Header("anthropic-version", "Any value: the answer has Anthropic's shape.")
            .Query("client_version", "Any value: the answer is upstream's list for the Codex CLI.")
            .Number("limit", "Anthropic's shape: how many, from 1 to 1000; 20 by default.")
            .Query("after_id", "Anthropic's shape: the page after this model.")
            .Query("before_id", "Anthropic's shape: the page before this model.")
            .Answers(SnakeCaseContext.Default.OpenAiModelList, "To clients of OpenAI's APIs.")
            .Answers(SnakeCaseContext.Default.AnthropicModelPage, "With `anthropic-version`.")
            .AnswersFree("CodexModels", "With `client_version`.")
            .OpenAi()
            .Try().Try("?limit=1", headers: "anthropic-version: 2023-06-01"),
        Get("/v1/models/{id*}", "Describes one model, under any name that requests may use.")
            .Header("anthropic-version", "Any value: the answer has Anthropic's shape.")
            .Segment("id", "The model's name.")
            .Answers(SnakeCaseContext.Default.OpenAiModel, "To clients of OpenAI's APIs.")
            .Answers(SnakeCaseContext.Default.AnthropicModel, "With `anthropic-version`.")
            .Refuses(404, "No model has this name.").OpenAi()
            .Try(path: "/v1/models/gpt-5.5-high").Try(path: "/v1/models/gpt-0"));
}
