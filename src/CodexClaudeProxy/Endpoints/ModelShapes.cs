using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Endpoints;

/// <summary>A model as the two client protocols describe it.</summary>
internal static class ModelShapes
{
    /// <summary>The backend does not tell when a model appeared; both protocols want a date, and one that never changes.</summary>
    private static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Effort[] AnthropicEfforts = [Effort.Low, Effort.Medium, Effort.High, Effort.XHigh, Effort.Max];

    public static void WriteAnthropicPage(Utf8JsonWriter json, ModelPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach (ModelListing listing in page.Items) WriteAnthropic(json, listing);
        json.WriteEndArray();
        json.WriteBoolean("has_more"u8, page.HasMore);
        json.WriteString("first_id"u8, page.Items.Count > 0 ? page.Items[0].Id : null);
        json.WriteString("last_id"u8, page.Items.Count > 0 ? page.Items[^1].Id : null);
        json.WriteEndObject();
    }

    public static void WriteAnthropic(Utf8JsonWriter json, ModelListing listing)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "model"u8);
        json.WriteString("id"u8, listing.Id);
        json.WriteString("display_name"u8, listing.DisplayName);
        if (listing.Description is { } description) json.WriteString("description"u8, description);
        json.WriteString("created_at"u8, "2026-01-01T00:00:00Z"u8);
        json.WriteString("lifecycle"u8, "active"u8);
        json.WriteNull("line"u8);
        json.WriteNull("deprecated_at"u8);
        json.WriteNull("retires_at"u8);
        json.WriteNumber("max_input_tokens"u8, listing.Profile.ContextWindow);
        json.WriteNumber("max_tokens"u8, listing.Profile.MaxOutput);
        WriteCapabilities(json, listing.Profile);
        json.WriteEndObject();
    }

    public static void WriteOpenAiList(Utf8JsonWriter json, IEnumerable<ModelListing> listings)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (ModelListing listing in listings) WriteOpenAi(json, listing);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteOpenAi(Utf8JsonWriter json, ModelListing listing)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, listing.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, Created.ToUnixTimeSeconds());
        json.WriteString("owned_by"u8, "openai"u8);
        json.WriteEndObject();
    }

    private static void WriteCapabilities(Utf8JsonWriter json, ModelProfile profile)
    {
        bool thinks = profile.Efforts.Count > 0;

        json.WriteStartObject("capabilities"u8);
        Supported(json, "batch"u8, false);
        Supported(json, "citations"u8, false);
        Supported(json, "code_execution"u8, false);

        json.WriteStartObject("context_management"u8);
        json.WriteBoolean("supported"u8, false);
        json.WriteNull("clear_thinking_20251015"u8);
        json.WriteNull("clear_tool_uses_20250919"u8);
        json.WriteNull("compact_20260112"u8);
        json.WriteEndObject();

        json.WriteStartObject("effort"u8);
        json.WriteBoolean("supported"u8, thinks);
        foreach (Effort effort in AnthropicEfforts) Supported(json, System.Text.Encoding.UTF8.GetBytes(effort.Word()), profile.Efforts.Contains(effort));
        json.WriteEndObject();

        Supported(json, "image_input"u8, profile.Images);
        Supported(json, "pdf_input"u8, true);

        json.WriteStartObject("server_tools"u8);
        json.WriteBoolean("supported"u8, true);
        Supported(json, "web_search"u8, true);
        Supported(json, "code_execution"u8, false);
        json.WriteEndObject();

        Supported(json, "structured_outputs"u8, true);

        json.WriteStartObject("thinking"u8);
        json.WriteBoolean("supported"u8, thinks);
        json.WriteStartObject("types"u8);
        Supported(json, "adaptive"u8, thinks);
        Supported(json, "between_tools"u8, thinks);
        Supported(json, "disabled"u8, true);
        Supported(json, "enabled"u8, thinks);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteEndObject();
    }

    private static void Supported(Utf8JsonWriter json, ReadOnlySpan<byte> name, bool supported)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("supported"u8, supported);
        json.WriteEndObject();
    }
}
