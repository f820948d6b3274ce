using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What clients and backend sent that this version does not know.</summary>
internal sealed class DriftEndpoint(Drift drift)
{
    public void MapTo(Routes routes) => routes.Get("/api/drift", WriteAsync);

    private Task WriteAsync(HttpContext http) =>
        JsonReply.WriteAsync(http, new DriftList(true, drift.Entries.Select(DriftItem.Of), drift.Beyond), SnakeCaseContext.Default.DriftList);
}

/// <summary>What was met that is new to this version.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Entries">In the order they were met.</param>
/// <param name="Beyond">How often something was met that is not in the list because it is full.</param>
internal sealed record DriftList(bool Success, IEnumerable<DriftItem> Entries, long Beyond);

/// <summary>One thing that is new to this version.</summary>
/// <param name="Kind"><c>request</c> for a member or block of a request, <c>beta</c> for a value of <c>anthropic-beta</c>, <c>upstream_event</c> for an event or item of upstream.</param>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often it was met.</param>
/// <param name="FirstSeen">When it was met first.</param>
/// <param name="FirstClient">The <c>User-Agent</c> of the client in whose request it was met first; null when it had none.</param>
internal sealed record DriftItem(string Kind, string Name, long Count, DateTimeOffset FirstSeen, string? FirstClient)
{
    public static DriftItem Of(DriftEntry entry) => new(
        entry.Kind switch { DriftKind.Request => "request", DriftKind.Beta => "beta", _ => "upstream_event" },
        entry.Name, entry.Count, entry.FirstSeen, entry.FirstClient);
}
