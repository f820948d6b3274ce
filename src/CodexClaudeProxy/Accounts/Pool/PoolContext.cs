using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>The contracts of this room: <c>state.json</c>, which is read as far as it can be.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(LenientTime), typeof(IsoTime), typeof(LenientText), typeof(LenientNumber), typeof(LenientFlag)],
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(PoolState))]
[JsonSerializable(typeof(KeptClock))]
[JsonSerializable(typeof(KeptSeries))]
internal sealed partial class PoolContext : JsonSerializerContext;
