using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The contracts of this room: what its routes take and answer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(CaptureRequest))]
[JsonSerializable(typeof(CaptureState))]
[JsonSerializable(typeof(CapturedBodies))]
[JsonSerializable(typeof(AccountChoice))]
[JsonSerializable(typeof(AccountModels))]
[JsonSerializable(typeof(QuotaAnswer))]
[JsonSerializable(typeof(QuotaList))]
[JsonSerializable(typeof(UsageReport))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(ProgramState))]
[JsonSerializable(typeof(BrowserLoginRequest))]
[JsonSerializable(typeof(BrowserLoginStart))]
[JsonSerializable(typeof(PastedLogin))]
[JsonSerializable(typeof(DeviceLoginStart))]
[JsonSerializable(typeof(DeviceLoginFailure))]
[JsonSerializable(typeof(LoginState))]
[JsonSerializable(typeof(ClaudeProxyRequest))]
[JsonSerializable(typeof(ClaudeDirectRequest))]
[JsonSerializable(typeof(ClaudeAddressRequest))]
[JsonSerializable(typeof(ClaudeRestoreRequest))]
[JsonSerializable(typeof(SettingsReply))]
[JsonSerializable(typeof(AccountStrategyRequest))]
[JsonSerializable(typeof(AccountStrategyReply))]
[JsonSerializable(typeof(HaikuModelRequest))]
[JsonSerializable(typeof(HaikuModelReply))]
[JsonSerializable(typeof(KiloModelsReply))]
[JsonSerializable(typeof(ModelMappingsRequest))]
[JsonSerializable(typeof(ModelMappingsReply))]
[JsonSerializable(typeof(DoctorRequest))]
internal sealed partial class EndpointsContext : JsonSerializerContext;
