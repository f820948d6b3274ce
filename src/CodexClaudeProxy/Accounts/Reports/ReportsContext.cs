using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Reports;

/// <summary>The contracts of this room: what is said of accounts.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)], MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(AccountsReport))]
[JsonSerializable(typeof(AccountsSummary))]
[JsonSerializable(typeof(PoolReport))]
[JsonSerializable(typeof(PoolForecast))]
[JsonSerializable(typeof(AccountResets))]
[JsonSerializable(typeof(AccountOutcome[]))]
internal sealed partial class ReportsContext : JsonSerializerContext;
