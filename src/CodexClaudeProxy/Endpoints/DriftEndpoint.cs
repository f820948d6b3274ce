using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What clients and backend sent that this version does not know.</summary>
internal sealed class DriftEndpoint(Drift drift)
{
    public void MapTo(Routes routes) => routes.Get("/api/drift", WriteAsync);

    private Task WriteAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("success"u8, true);
        json.WriteStartArray("entries"u8);
        foreach (DriftEntry entry in drift.Entries)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, entry.Kind switch { DriftKind.Request => "request"u8, DriftKind.Beta => "beta"u8, _ => "upstream_event"u8 });
            json.WriteString("name"u8, entry.Name);
            json.WriteNumber("count"u8, entry.Count);
            json.WriteString("first_seen"u8, entry.FirstSeen);
            json.WriteString("first_client"u8, entry.FirstClient);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("beyond"u8, drift.Beyond);
        json.WriteEndObject();
    });
}
