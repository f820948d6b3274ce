using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Service;

/// <summary>How the service is: what <c>service status --json</c> prints.</summary>
/// <param name="Installed">There is a service of this name.</param>
/// <param name="System">What runs it, such as <c>systemd user service</c>.</param>
/// <param name="File">The file that describes it; null when it is not installed.</param>
/// <param name="Enabled">It starts with the machine, or with the login; null when that cannot be told.</param>
/// <param name="Running">It runs; null when that cannot be told.</param>
/// <param name="State">The system's own word for its state; null when there is none.</param>
/// <param name="Status">What the program said of itself; null when it said nothing.</param>
/// <param name="ProcessId">Null when it does not run, or that cannot be told.</param>
/// <param name="Since">When it entered its state; null when that is not known.</param>
/// <param name="Restarts">How often it was started again after a failure; null when that is not counted.</param>
/// <param name="MemoryBytes">What its processes take; null when that is not measured.</param>
internal sealed record ServiceReport(
    bool Installed, string System, string? File = null, bool? Enabled = null, bool? Running = null, string? State = null, string? Status = null,
    int? ProcessId = null, DateTimeOffset? Since = null, int? Restarts = null, long? MemoryBytes = null);

/// <summary>The contract of this room.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(ServiceReport))]
internal sealed partial class ServiceContext : JsonSerializerContext;
