using System.Text.Json;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The entries of the request log as the dashboard gets them.</summary>
/// <param name="labelOf">An account's name for people, by its key; null when it is gone.</param>
internal sealed class RequestJson(Func<string, string?> labelOf)
{
    public void Write(Utf8JsonWriter json, RequestEntry entry)
    {
        json.WriteStartObject();
        WriteMembers(json, entry);
        json.WriteNumber("attempts"u8, entry.Attempts);
        json.WriteEndObject();
    }

    /// <param name="captured">The bodies are in memory.</param>
    public void WriteDetail(Utf8JsonWriter json, RequestEntry entry, bool captured)
    {
        json.WriteStartObject();
        WriteMembers(json, entry);
        if (entry.Detail.IsEmpty)
        {
            // Only the newest requests keep theirs.
            foreach (string member in (ReadOnlySpan<string>)["attempts", "selections", "timeline", "route"]) json.WriteNull(member);
        }
        else
        {
            using JsonDocument detail = JsonDocument.Parse(entry.Detail, JsonDepth.Document);
            foreach (JsonProperty member in detail.RootElement.EnumerateObject())
            {
                if (member.NameEquals("checks"u8)) WriteChecks(json, member.Value, entry.Explanations);
                else member.WriteTo(json);
            }
        }

        json.WriteBoolean("capture"u8, captured);
        json.WriteEndObject();
    }

    /// <summary>The explanations are only there while the entry is in memory.</summary>
    private static void WriteChecks(Utf8JsonWriter json, JsonElement checks, IReadOnlyList<string?> explanations)
    {
        json.WriteStartArray("checks"u8);
        foreach ((int i, JsonElement check) in checks.EnumerateArray().Index())
        {
            json.WriteStartObject();
            foreach (JsonProperty member in check.EnumerateObject()) member.WriteTo(json);
            json.WriteString("explanation"u8, i < explanations.Count ? explanations[i] : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, StartedRequest request)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, request.Id);
        json.WriteString("received"u8, Times.Iso(request.Received));
        json.WriteString("path"u8, request.Path);
        json.WriteString("requestedModel"u8, request.RequestedModel);
        json.WriteString("client"u8, ClientName.Of(request.UserAgent));
        json.WriteBoolean("streamed"u8, request.Streamed);
        json.WriteEndObject();
    }

    public static ReadOnlySpan<byte> Word(RequestOutcome outcome) => outcome switch { RequestOutcome.Ok => "ok"u8, RequestOutcome.Failed => "failed"u8, _ => "left"u8 };

    private void WriteMembers(Utf8JsonWriter json, RequestEntry entry)
    {
        json.WriteString("id"u8, entry.Id);
        json.WriteString("received"u8, Times.Iso(entry.Received));
        json.WriteString("path"u8, entry.Path);
        json.WriteString("client"u8, ClientName.Of(entry.UserAgent));
        json.WriteString("userAgent"u8, entry.UserAgent);
        json.WriteString("requestedModel"u8, entry.RequestedModel);
        json.WriteString("upstreamModel"u8, entry.UpstreamModel);
        json.WriteString("lane"u8, entry.Lane);
        json.WriteString("effort"u8, entry.Effort);
        json.WriteBoolean("streamed"u8, entry.Streamed);
        json.WriteString("account"u8, entry.Account);
        json.WriteString("accountLabel"u8, entry.Account is { } key ? labelOf(key) : null);
        json.WriteString("conversation"u8, entry.Conversation);
        json.WriteString("session"u8, entry.Session);
        json.WriteString("agent"u8, entry.Agent);
        json.WriteString("project"u8, entry.Project);
        json.WriteString("sideCall"u8, entry.SideCall);
        Write(json, "status"u8, entry.Status);
        json.WriteString("outcome"u8, Word(entry.Outcome));
        json.WriteString("stopReason"u8, entry.StopReason);
        json.WriteString("errorType"u8, entry.ErrorType);
        json.WriteString("errorCode"u8, entry.ErrorCode);
        json.WriteString("errorMessage"u8, entry.ErrorMessage);
        json.WriteNumber("heldMs"u8, entry.HeldMs);
        Write(json, "connectMs"u8, entry.ConnectMs);
        Write(json, "firstEventMs"u8, entry.FirstEventMs);
        Write(json, "firstTokenMs"u8, entry.FirstTokenMs);
        json.WriteNumber("totalMs"u8, entry.TotalMs);
        WriteTokens(json, entry.Tokens);
        json.WriteNumber("webSearches"u8, entry.WebSearches);
    }

    private static void WriteTokens(Utf8JsonWriter json, RequestTokens? tokens)
    {
        json.WritePropertyName("tokens"u8);
        if (tokens is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("fresh"u8, tokens.Fresh);
        json.WriteNumber("cached"u8, tokens.Cached);
        json.WriteNumber("written"u8, tokens.Written);
        json.WriteNumber("output"u8, tokens.Output);
        json.WriteNumber("reasoning"u8, tokens.Reasoning);
        json.WriteBoolean("estimated"u8, tokens.Estimated);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? number)
    {
        if (number is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
