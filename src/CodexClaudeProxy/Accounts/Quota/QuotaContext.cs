using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Quota;

/// <summary>What an account's stored quota says first.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)], MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(UsageSummary))]
internal sealed partial class QuotaContext : JsonSerializerContext;
