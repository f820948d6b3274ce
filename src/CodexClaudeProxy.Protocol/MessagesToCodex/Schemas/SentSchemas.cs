using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>One schema of a request that was sent.</summary>
/// <param name="Function">Whose parameters it describes, by the name that was sent; null for the format of the answer.</param>
/// <param name="Hash">What names it among <see cref="ConversionOptions.ReducedSchemas"/>.</param>
public readonly record struct SentSchema(string? Function, string Hash);

/// <summary>Finds in a request the schemas that a refusal means.</summary>
public static partial class SentSchemas
{
    /// <param name="body">The request as it was refused.</param>
    /// <param name="all">Not only the one that the refusal names.</param>
    /// <returns>Those that can be reduced; empty when there is nothing left to drop.</returns>
    public static IReadOnlyList<SentSchema> Meant(ReadOnlyMemory<byte> body, CodexFailure failure, bool all)
    {
        using var request = JsonDocument.Parse(body, JsonDepth.Document);
        var root = request.RootElement;
        if (failure.Kind == CodexFailureKind.InvalidFormatSchema)
            return Reducible([(null, root.Member("text"u8).Member("format"u8).Member("schema"u8))]);

        List<(string? Function, JsonElement Schema)> functions = [.. Functions(root.Member("tools"u8))];
        if (root.Member("input"u8) is { ValueKind: JsonValueKind.Array } input)
            functions.AddRange(input.EnumerateArray().SelectMany(static item => Functions(item.Member("tools"u8))));

        var name = NameOf(root, failure);
        // A name that is not there tells nothing.
        all |= name is null || !functions.Exists(one => one.Function == name);
        return Reducible(all ? functions : functions.Where(one => one.Function == name));
    }

    private static string? NameOf(JsonElement root, CodexFailure failure)
    {
        if (FunctionName().Match(failure.Text ?? "") is { Success: true } named) return named.Groups["name"].Value;
        var tools = root.Member("tools"u8);
        return ToolIndex().Match(failure.Param ?? "") is { Success: true } match && tools.IsArray()
            && int.Parse(match.Groups["index"].ValueSpan, CultureInfo.InvariantCulture) is var index && index < tools.GetArrayLength()
            ? tools[index].Text("name"u8)
            : null;
    }

    private static IEnumerable<(string? Function, JsonElement Schema)> Functions(JsonElement tools) => tools.IsArray()
        ? tools.EnumerateArray().Where(static tool => tool.Text("type"u8) == "function").Select(static tool => (tool.Text("name"u8), tool.Member("parameters"u8)))
        : [];

    private static List<SentSchema> Reducible(IEnumerable<(string? Function, JsonElement Schema)> schemas)
    {
        List<SentSchema> reducible = [];
        foreach (var (function, schema) in schemas.Where(static one => one.Schema.IsObject()))
        {
            var sent = JsonMarshal.GetRawUtf8Value(schema);
            using var reduced = new PooledBuffer();
            using (var writer = new Utf8JsonWriter(reduced, WireJson.Options)) ReducedSchema.Write(schema, writer);
            if (!reduced.Written.SequenceEqual(sent)) reducible.Add(new SentSchema(function, WrittenSchema.HashOf(sent)));
        }

        return reducible;
    }

    [GeneratedRegex("function '(?<name>[^']{1,64})'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex FunctionName();

    [GeneratedRegex(@"^tools\[(?<index>\d{1,5})\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex ToolIndex();
}
