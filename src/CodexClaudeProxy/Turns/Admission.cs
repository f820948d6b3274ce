using System.Text.Json;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Keys.Usage;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>
/// Whether the key of its own that a client presented lets a turn begin: the model, and the limits. Asked once for each turn, before anything is
/// sent upstream; who presented no such key may do everything.
/// </summary>
internal sealed class Admission(KeyUsage usage, TimeProvider time)
{
    /// <param name="asked">The model as the client named it.</param>
    /// <param name="meant">The model that is meant by it.</param>
    /// <returns>Why not, or null.</returns>
    public static ApiError? RefuseModel(HttpContext http, string asked, string meant) =>
        http.Features.Get<ClientKey>() is { } key && !key.Allows(ModelRouter.Bare(asked), meant)
            ? KeyErrors.NotAllowed(key, asked)
            : null;

    /// <inheritdoc cref="RefuseModel"/>
    public async ValueTask<ApiError?> RefuseAsync(HttpContext http, string asked, string meant)
    {
        if (RefuseModel(http, asked, meant) is { } refusal) return refusal;
        if (http.Features.Get<ClientKey>() is not { } key) return null;
        return await usage.ReachedAsync(key, ModelRouter.Bare(asked), meant, http.RequestAborted) is { } reached ? KeyErrors.Reached(key, reached, time.GetUtcNow(), usage.Zone) : null;
    }

    /// <summary>For requests that go on as they are: the model is what they say themselves.</summary>
    public ValueTask<ApiError?> RefuseAsync(HttpContext http, ReadOnlyMemory<byte> body) =>
        http.Features.Get<ClientKey>() is null ? ValueTask.FromResult<ApiError?>(null) : ModelIn(body) is { } model ? RefuseAsync(http, model, model) : RefuseAsync(http, "", "");

    private static string? ModelIn(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, JsonDepth.Document);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("model", out JsonElement model) && model.ValueKind == JsonValueKind.String ? model.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
