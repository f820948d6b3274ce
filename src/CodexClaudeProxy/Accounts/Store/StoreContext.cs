using System.Text.Json.Serialization;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>The contract of this room: what an owner changes about an account.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(AccountChange))]
internal sealed partial class StoreContext : JsonSerializerContext;
