using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>One member of Claude Code's settings.</summary>
/// <param name="Parent">The object it is in, one of <see cref="Parents"/>; null for the whole.</param>
[JsonConverter(typeof(SettingsKeyConverter))]
internal readonly record struct SettingsKey(string Name, string? Parent)
{
    public const string EnvName = "env";
    public const string PermissionsName = "permissions";

    /// <summary>The objects whose members we know how to change.</summary>
    public static readonly string[] Parents = [EnvName, PermissionsName];

    public bool InEnv => Parent == EnvName;

    public static SettingsKey Env(string variable) => new(variable, EnvName);

    public static SettingsKey Permission(string member) => new(member, PermissionsName);

    public static SettingsKey Top(string member) => new(member, Parent: null);

    public static SettingsKey Parse(string text) =>
        Array.Find(Parents, parent => text.StartsWith(parent + ".", StringComparison.Ordinal)) is { } parent ? new(text[(parent.Length + 1)..], parent) : Top(text);

    public override string ToString() => Parent is null ? Name : $"{Parent}.{Name}";
}

/// <summary>In JSON a key is its name, with the object it is in before a dot.</summary>
internal sealed class SettingsKeyConverter : JsonConverter<SettingsKey>
{
    public override SettingsKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => SettingsKey.Parse(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, SettingsKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    public override SettingsKey ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, SettingsKey value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());
}

/// <param name="Value">JSON text; null removes the member.</param>
internal sealed record SettingsChange(SettingsKey Key, string? Value)
{
    /// <summary>Where a member that comes back once stood.</summary>
    public SettingsPlace? Place { get; init; }
}

/// <summary>Where a member stands.</summary>
/// <param name="After">The name of the member before it; null for the first one.</param>
/// <param name="Gap">The white space before it.</param>
internal sealed record SettingsPlace(string? After, string Gap);
