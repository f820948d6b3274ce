using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>What may stand behind a keyword of JSON Schema.</summary>
internal enum SchemaKeyword
{
    /// <summary>No keyword, or one that takes anything.</summary>
    Any,
    Text,
    Flag,
    Number,
    Positive,
    Count,
    ExclusiveBound,
    List,
    Enum,
    Names,
    Type,
    Nullable,
    Pattern,
    Schema,

    /// <summary>Says something about whatever its schema does not match: a schema that lost something would say more.</summary>
    Negation,

    /// <summary><c>if</c>, <c>then</c>, <c>else</c>.</summary>
    Condition,
    Items,

    /// <summary>A schema, or whether there may be anything at all.</summary>
    Rest,

    /// <summary>The same, for members that <c>patternProperties</c> does not name.</summary>
    OtherProperties,
    Schemas,
    PrefixItems,
    NamedSchemas,
    PatternProperties,
    DependentNames,
    Dependencies,

    /// <summary>Anthropic's, and nothing of the schema.</summary>
    CacheControl,
}

internal static class SchemaKeywords
{
    private const int Longest = 24;

    private static readonly FrozenDictionary<string, SchemaKeyword> Known = new Dictionary<string, SchemaKeyword>
    {
        ["$ref"] = SchemaKeyword.Text, ["$id"] = SchemaKeyword.Text, ["$schema"] = SchemaKeyword.Text, ["$anchor"] = SchemaKeyword.Text,
        ["$dynamicRef"] = SchemaKeyword.Text, ["$dynamicAnchor"] = SchemaKeyword.Text, ["$comment"] = SchemaKeyword.Text,
        ["title"] = SchemaKeyword.Text, ["description"] = SchemaKeyword.Text, ["format"] = SchemaKeyword.Text,
        ["contentEncoding"] = SchemaKeyword.Text, ["contentMediaType"] = SchemaKeyword.Text,
        ["deprecated"] = SchemaKeyword.Flag, ["readOnly"] = SchemaKeyword.Flag, ["writeOnly"] = SchemaKeyword.Flag, ["uniqueItems"] = SchemaKeyword.Flag,
        ["minimum"] = SchemaKeyword.Number, ["maximum"] = SchemaKeyword.Number, ["multipleOf"] = SchemaKeyword.Positive,
        ["exclusiveMinimum"] = SchemaKeyword.ExclusiveBound, ["exclusiveMaximum"] = SchemaKeyword.ExclusiveBound,
        ["minLength"] = SchemaKeyword.Count, ["maxLength"] = SchemaKeyword.Count, ["minItems"] = SchemaKeyword.Count, ["maxItems"] = SchemaKeyword.Count,
        ["minProperties"] = SchemaKeyword.Count, ["maxProperties"] = SchemaKeyword.Count,
        ["minContains"] = SchemaKeyword.Count, ["maxContains"] = SchemaKeyword.Count,
        ["examples"] = SchemaKeyword.List, ["enum"] = SchemaKeyword.Enum, ["required"] = SchemaKeyword.Names,
        ["type"] = SchemaKeyword.Type, ["nullable"] = SchemaKeyword.Nullable, ["pattern"] = SchemaKeyword.Pattern,
        ["contains"] = SchemaKeyword.Schema, ["propertyNames"] = SchemaKeyword.Schema, ["contentSchema"] = SchemaKeyword.Schema,
        ["not"] = SchemaKeyword.Negation, ["if"] = SchemaKeyword.Condition, ["then"] = SchemaKeyword.Condition, ["else"] = SchemaKeyword.Condition,
        ["items"] = SchemaKeyword.Items, ["additionalItems"] = SchemaKeyword.Rest, ["unevaluatedItems"] = SchemaKeyword.Rest,
        ["additionalProperties"] = SchemaKeyword.OtherProperties, ["unevaluatedProperties"] = SchemaKeyword.OtherProperties,
        ["anyOf"] = SchemaKeyword.Schemas, ["oneOf"] = SchemaKeyword.Schemas, ["allOf"] = SchemaKeyword.Schemas, ["prefixItems"] = SchemaKeyword.PrefixItems,
        ["properties"] = SchemaKeyword.NamedSchemas, ["$defs"] = SchemaKeyword.NamedSchemas, ["definitions"] = SchemaKeyword.NamedSchemas,
        ["dependentSchemas"] = SchemaKeyword.NamedSchemas, ["patternProperties"] = SchemaKeyword.PatternProperties,
        ["dependentRequired"] = SchemaKeyword.DependentNames, ["dependencies"] = SchemaKeyword.Dependencies,
        ["cache_control"] = SchemaKeyword.CacheControl,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, SchemaKeyword>.AlternateLookup<ReadOnlySpan<char>> Lookup = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    public static SchemaKeyword Of(JsonProperty member)
    {
        var name = JsonMarshal.GetRawUtf8PropertyName(member);
        Span<char> text = stackalloc char[Longest];
        return name.Length <= Longest && Ascii.ToUtf16(name, text, out var length) == OperationStatus.Done && Lookup.TryGetValue(text[..length], out var keyword)
            ? keyword
            : SchemaKeyword.Any;
    }
}
