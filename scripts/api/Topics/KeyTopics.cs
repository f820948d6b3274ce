using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys.Usage;
using static CodexClaudeProxy.Scripts.Api.Operation;

namespace CodexClaudeProxy.Scripts.Api.Topics;

/// <summary>The keys of clients.</summary>
internal static class KeyTopics
{
    private const string Wrong = "A member is not what it must be; nothing is changed.";
    private const string Unknown = "There is no key with this id.";
    private const string Trouble = "The file of keys cannot be changed now.";

    public static readonly Topic Keys = new(
        "Client keys",
        """
        Keys of their own for single clients, with models and limits, and without them no key is asked for. What they open, and what counts for a limit, is in
        [Client keys](KEYS.md). These routes are for the owner: a client's key does not open them.
        """,
        Get("/api/keys", "Lists the keys with their limits and their use.").Answers(KeyReportContext.Default.KeyList, "The keys.").Try(),
        Post("/api/keys", "Adds a key.").Also("The key itself is in this answer and nowhere else: only its hash is kept.")
            .Takes(EndpointsContext.Default.KeyRequest, "name").Answers(KeyReportContext.Default.NewKey, "The new key.").Refuses(400, Wrong)
            .Refuses(409, "The proxy can be reached from outside and has no access key for its owner.").Refuses(503, Trouble)
            .Try(body: """{"name":"laptop","models":["gpt-5.5*"],"limits":[{"kind":"total_tokens","span":"daily","maximum":2000000}]}"""),
        Patch("/api/keys/{id}", "Changes a key.").Segment("id", "The key's id.").Also("What is absent stays as it is, and null takes away.")
            .Takes(EndpointsContext.Default.KeyRequest).Answers(KeyReportContext.Default.ShownKey, "The key after the change.").Refuses(400, Wrong).Refuses(404, Unknown).Refuses(503, Trouble)
            .Try(body: """{"name":"old laptop","models":null}""", path: "/api/keys/$KEY"),
        Post("/api/keys/{id}/renew", "Replaces a key by a new one with the same settings.").Segment("id", "The key's id.").Also("The old one stops working at once.")
            .Answers(KeyReportContext.Default.NewKey, "The new key.").Refuses(404, Unknown).Refuses(503, Trouble).Try(path: "/api/keys/$KEY/renew"),
        Delete("/api/keys/{id}", "Revokes a key; it stops working at once.").Segment("id", "The key's id.").Also("What it used stays in the request log and the statistics.")
            .Answers(HostingContext.Default.OperationResult, "It was revoked.").Refuses(404, Unknown).Refuses(503, Trouble).Try(path: "/api/keys/$KEY"));
}
