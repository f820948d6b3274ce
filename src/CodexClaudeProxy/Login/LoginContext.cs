using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Login;

/// <summary>The contracts of this room: what the issuer is asked and answers about a login on another device.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(LenientText), typeof(LenientTime)],
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = JsonDepth.Limit)]
[JsonSerializable(typeof(DeviceCodeRequest))]
[JsonSerializable(typeof(DeviceCodeReply))]
[JsonSerializable(typeof(DeviceTokenRequest))]
[JsonSerializable(typeof(DeviceTokenReply))]
internal sealed partial class LoginContext : JsonSerializerContext;
