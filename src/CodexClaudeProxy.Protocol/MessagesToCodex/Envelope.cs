using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.MessagesToCodex.Search;
using CodexClaudeProxy.Protocol.MessagesToCodex.Tools;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>The top-level members of the body, in either lane.</summary>
internal sealed class Envelope(Conversion conversion, RequestPlan plan, Utf8JsonWriter writer) : IDisposable
{
    private readonly ToolDefinitions _definitions = new(conversion);

    public IReadOnlyDictionary<string, ToolFacts> ToolFacts => _definitions.Facts;

    public int SchemaBytes => _definitions.SchemaBytes;

    public ThinkingDisplay Display { get; } = EffortChoice.Display(conversion.Root);

    /// <summary>The hosted search is part of the request; the lite lane cannot carry it.</summary>
    public bool SendsSearch => plan.Search is not null && !conversion.Lite;

    public bool Fast { get; } =
        (conversion.Options.FixedFast || conversion.Root.Text("speed"u8) == "fast") &&
        conversion.Profile.PriorityTier && !conversion.Refuses("service_tier");

    public void Dispose() => _definitions.Dispose();

    /// <param name="input">Writes the conversation.</param>
    public void Write(ReadOnlySpan<byte> instructions, string cacheKey, InputItems input)
    {
        writer.WriteStartObject();
        writer.WriteString("model"u8, conversion.Profile.Slug);
        var moves = conversion.Lite || conversion.Refuses("instructions");
        if (!conversion.Lite) WriteInstructions(conversion, moves ? default : instructions, writer);

        writer.WriteStartArray("input"u8);
        if (conversion.Lite) WriteAdditionalTools();
        if (moves && !instructions.IsEmpty) WriteDeveloper(conversion, instructions, writer);
        input.Write();
        writer.WriteEndArray();

        if (!conversion.Lite) WriteTools("tools"u8);
        WriteChoice();
        EffortChoice.Write(conversion, Display, writer);
        writer.WriteBoolean("store"u8, false);
        writer.WriteBoolean("stream"u8, true);
        WriteInclude();
        if (!conversion.Refuses("prompt_cache_key")) writer.WriteString("prompt_cache_key"u8, cacheKey);
        var verbosity = conversion.Profile.Verbosity ? conversion.Profile.DefaultVerbosity : null;
        WriteTextOptions(conversion, verbosity, plan.Format is null ? null : plan.Format.Write, writer);
        if (Fast) writer.WriteString("service_tier"u8, "priority"u8);
        writer.WriteEndObject();
    }

    private void WriteAdditionalTools()
    {
        if (plan.Tools.Functions.Count == 0 || plan.Choice.How == ToolChoice.Mode.None) return;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "additional_tools"u8);
        writer.WriteString("role"u8, "developer"u8);
        WriteTools("tools"u8);
        writer.WriteEndObject();
    }

    private void WriteTools(ReadOnlySpan<byte> name)
    {
        writer.WriteStartArray(name);
        if (!(SendsSearch && plan.Choice.ForcedSearch))
        {
            // Where the choice cannot name a function, the list says it: it is the only one.
            var only = conversion.Lite || conversion.Refuses("tool_choice") ? plan.Choice.Forced : null;
            foreach (var tool in plan.Tools.Functions)
            {
                if (only is null || ReferenceEquals(only, tool)) _definitions.Write(tool, writer);
            }
        }

        if (SendsSearch) WebSearch.WriteTool(plan.Tools.WebSearch, writer);
        writer.WriteEndArray();
    }

    private void WriteChoice()
    {
        var parallel = conversion.Profile.Parallel && !plan.Choice.Serial && !plan.Choice.ForcedSearch && !conversion.Lite;
        if (conversion.Lite) writer.WriteString("tool_choice"u8, "auto"u8);
        else if (plan.Choice.ForcedSearch) writer.WriteString("tool_choice"u8, "required"u8);
        else if (plan.Choice.Forced is { } tool && !conversion.Refuses("tool_choice"))
        {
            writer.WriteStartObject("tool_choice"u8);
            writer.WriteString("type"u8, "function"u8);
            writer.WriteString("name"u8, conversion.Names.Upstream(tool.Name, tool.Toolset));
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("tool_choice"u8, plan.Choice.How switch
            {
                ToolChoice.Mode.Required => "required"u8,
                ToolChoice.Mode.None => "none"u8,
                _ => "auto"u8,
            });
        }

        if (!conversion.Refuses("parallel_tool_calls")) writer.WriteBoolean("parallel_tool_calls"u8, parallel);
    }

    private void WriteInclude()
    {
        writer.WriteStartArray("include"u8);
        writer.WriteStringValue("reasoning.encrypted_content"u8);
        if (SendsSearch && !conversion.Refuses("include")) writer.WriteStringValue("web_search_call.action.sources"u8);
        writer.WriteEndArray();
    }

    /// <summary>The member <c>text</c>: how wordy the answer shall be, and its format.</summary>
    public static void WriteTextOptions(Conversion conversion, string? verbosity, Action<Utf8JsonWriter>? format, Utf8JsonWriter writer)
    {
        if (conversion.Refuses("text.verbosity")) verbosity = null;
        if (conversion.Refuses("text.format")) format = null;
        if (conversion.Refuses("text") || (verbosity is null && format is null)) return;
        writer.WriteStartObject("text"u8);
        if (verbosity is not null) writer.WriteString("verbosity"u8, verbosity);
        format?.Invoke(writer);
        writer.WriteEndObject();
    }

    public static void WriteDeveloper(Conversion conversion, ReadOnlySpan<byte> text, Utf8JsonWriter writer)
    {
        conversion.Parts.Clear();
        conversion.Parts.AddText(text);
        conversion.Parts.WriteMessage(writer, "developer"u8);
    }

    /// <param name="inside">The inside of a JSON string.</param>
    public static void WriteInstructions(Conversion conversion, ReadOnlySpan<byte> inside, Utf8JsonWriter writer)
    {
        var text = conversion.Text;
        text.Clear();
        text.Append("\""u8);
        text.Append(inside);
        text.Append("\""u8);
        writer.WritePropertyName("instructions"u8);
        writer.WriteRawValue(text.Written, skipInputValidation: true);
    }
}
