using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The contracts of this room: what its routes take and answer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(CaptureRequest))]
[JsonSerializable(typeof(CaptureState))]
[JsonSerializable(typeof(CapturedBodies))]
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
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(RequestList))]
[JsonSerializable(typeof(RequestRow))]
[JsonSerializable(typeof(RequestDetail))]
[JsonSerializable(typeof(RequestStart))]
[JsonSerializable(typeof(StatisticsAnswer))]
[JsonSerializable(typeof(StorageState))]
[JsonSerializable(typeof(ForgetRequest))]
[JsonSerializable(typeof(About))]
[JsonSerializable(typeof(LogList))]
[JsonSerializable(typeof(ShownLogLine))]
[JsonSerializable(typeof(CheckedCalls))]
internal sealed partial class EndpointsContext : JsonSerializerContext;
