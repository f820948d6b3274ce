using System.Buffers;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.History;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Search;

/// <summary>Anthropic's web search tool, as the backend's hosted tool or as one call of its search endpoint.</summary>
public static class WebSearch
{
    /// <summary>How Claude Code words the separate request behind its WebSearch tool.</summary>
    private const string SearchCall = "Perform a web search for the query:";

    private const int MostDomains = 100;

    private static readonly string[] Places = ["country", "city", "region", "timezone"];

    /// <summary>
    /// Writes the body of the standalone search when the request is nothing but a search and the options allow it. The
    /// request was converted before, so that its hosted form stands ready if the endpoint refuses.
    /// </summary>
    public static bool TryStandalone(MessagesRequest request, TurnContext context, ConversionOptions options, IBufferWriter<byte> body, out string query)
    {
        query = "";
        if (context.WebSearch is not { Forced: true } || options.Search == SearchRoute.Hosted) return false;
        query = QueryOf(request.Root);
        if (query.Length == 0) return false;

        using var writer = new Utf8JsonWriter(body, WireJson.Options);
        writer.WriteStartObject();
        writer.WriteString("id"u8, context.ConversationId);
        writer.WriteString("model"u8, context.Profile.Slug);
        StandaloneInput.Write(request.Root, writer);
        writer.WriteStartObject("commands"u8);
        writer.WriteStartArray("search_query"u8);
        writer.WriteStartObject();
        writer.WriteString("q"u8, query);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteStartObject("settings"u8);
        WriteFilters(context.WebSearch.Tool, writer);
        writer.WriteStartArray("allowed_callers"u8);
        writer.WriteStringValue("direct"u8);
        writer.WriteEndArray();
        writer.WriteBoolean("external_web_access"u8, true);
        writer.WriteEndObject();
        writer.WriteNumber("max_output_tokens"u8, 2500);
        writer.WriteEndObject();
        return true;
    }

    /// <summary>What the answer side must know of the search; checks the tool on the way.</summary>
    internal static WebSearchFacts Facts(JsonElement tool, int index, bool forced)
    {
        var allowed = Domains(tool, "allowed_domains"u8);
        var blocked = Domains(tool, "blocked_domains"u8);
        if (allowed.Count > 0 && blocked.Count > 0)
            throw new InvalidRequestException($"tools.{index}: allowed_domains and blocked_domains cannot be used together");
        return new WebSearchFacts { MaxUses = MaxUses(tool), BlockedDomains = blocked, Forced = forced, Tool = tool };
    }

    internal static void WriteTool(JsonElement tool, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "web_search"u8);
        writer.WriteBoolean("external_web_access"u8, true);
        WriteFilters(tool, writer);
        writer.WriteEndObject();
    }

    /// <summary>Claude Code leaves the choice free in the request it makes for nothing but a search.</summary>
    internal static bool IsSearchCall(JsonElement root) => LastUserText(root).StartsWith(SearchCall, StringComparison.OrdinalIgnoreCase);

    private static string QueryOf(JsonElement root)
    {
        var text = LastUserText(root);
        return text.StartsWith(SearchCall, StringComparison.OrdinalIgnoreCase) ? text[SearchCall.Length..].Trim() : text;
    }

    private static string LastUserText(JsonElement root)
    {
        JsonElement last = default;
        foreach (var message in root.GetProperty("messages"u8).EnumerateArray())
        {
            if (ConversationIndex.RoleOf(message) == ConversationIndex.Role.User) last = message;
        }

        using var text = new PooledBuffer();
        Documents.WriteTexts(last.Member("content"u8), text);
        return JsonText.ToString(text.Written).Trim();
    }

    private static void WriteFilters(JsonElement tool, Utf8JsonWriter writer)
    {
        var allowed = Domains(tool, "allowed_domains"u8);
        var blocked = Domains(tool, "blocked_domains"u8);
        if (allowed.Count + blocked.Count > 0)
        {
            writer.WriteStartObject("filters"u8);
            WriteList("allowed_domains"u8, allowed, writer);
            WriteList("blocked_domains"u8, blocked, writer);
            writer.WriteEndObject();
        }

        var location = tool.Member("user_location"u8);
        if (!location.IsObject()) return;
        writer.WriteStartObject("user_location"u8);
        writer.WriteString("type"u8, "approximate"u8);
        foreach (var place in Places)
        {
            if (location.TryGetProperty(place, out var value) && value.IsString()) writer.WriteString(place, value.GetString());
        }

        writer.WriteEndObject();
    }

    private static void WriteList(ReadOnlySpan<byte> name, List<string> values, Utf8JsonWriter writer)
    {
        if (values.Count == 0) return;
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static int? MaxUses(JsonElement tool) =>
        tool.Member("max_uses"u8) is { ValueKind: JsonValueKind.Number } uses && uses.TryGetInt32(out var count) && count > 0 ? count : null;

    private static List<string> Domains(JsonElement tool, ReadOnlySpan<byte> member)
    {
        var domains = new List<string>();
        if (tool.Member(member) is not { ValueKind: JsonValueKind.Array } list) return domains;
        foreach (var entry in list.EnumerateArray())
        {
            if (domains.Count < MostDomains && entry.IsString() && Host(entry.GetString()!) is { Length: > 0 } host && !domains.Contains(host)) domains.Add(host);
        }

        return domains;
    }

    /// <summary>The bare host name of what people write as a domain.</summary>
    private static string Host(string domain)
    {
        var host = domain.Trim();
        var scheme = host.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0) host = host[(scheme + 3)..];
        host = host.Split('/', 2)[0];
        if (host.StartsWith("*.", StringComparison.Ordinal)) host = host[2..];
        return host.ToLowerInvariant();
    }
}
