using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Hosting;

/// <summary>Reads the small JSON bodies of the management routes.</summary>
internal static class JsonBody
{
    /// <summary>The body as its contract says. What does not fit is the caller's fault, and the error names the member and what it wants.</summary>
    /// <remarks>What a member wants is its <see cref="DescriptionAttribute"/>, such as "a whole number from 0 to 60".</remarks>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> contract) where T : class
    {
        using JsonDocument body = await ReadAsync(http);
        return Read(body.RootElement, contract);
    }

    /// <summary>The same of a body that was read already.</summary>
    public static T Read<T>(JsonElement body, JsonTypeInfo<T> contract) where T : class
    {
        try
        {
            return body.Deserialize(contract)!;
        }
        catch (JsonException e)
        {
            throw Refusal(contract, MemberOf(e.Path) ?? Missing(contract, body));
        }
    }

    /// <summary>For a value that the member's type allows and its rule does not.</summary>
    public static InvalidRequestException Refusal(JsonTypeInfo contract, string? member)
    {
        JsonPropertyInfo? property = contract.Properties.FirstOrDefault(property => property.Name == member);
        return property?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: false) is [DescriptionAttribute wanted, ..]
            ? new InvalidRequestException(ApiError.Invalid($"{member} must be {wanted.Description}", member))
            : new InvalidRequestException(ApiError.Invalid(
                $"Unknown member '{member}'. Known are: {string.Join(", ", contract.Properties.Where(known => !known.IsExtensionData).Select(known => known.Name))}", member));
    }

    /// <summary>The body as a JSON object; an absent body is an empty one. Anything else is the caller's fault.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0 || !LocalGate.HasBody(http.Request)) return JsonDocument.Parse("{}", JsonDepth.Document);

        using PooledBuffer body = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (!RequestDocument.TryRead(body.Written.ToArray(), out JsonDocument? document, out ApiError? error)) throw new InvalidRequestException(error!);
        if (document!.RootElement.ValueKind == JsonValueKind.Object) return document;

        document.Dispose();
        throw new InvalidRequestException(LocalErrors.InvalidJson("an object was expected"));
    }

    /// <summary>The outermost member on a path such as <c>$.set.opus</c>; null when the path is the document itself.</summary>
    private static string? MemberOf(string? path) => path is ['$', '.', .. string rest] ? rest.Split('.', '[')[0] : null;

    private static string? Missing(JsonTypeInfo contract, JsonElement body) =>
        contract.Properties.FirstOrDefault(property => property.IsRequired && !body.TryGetProperty(property.Name, out _))?.Name;
}
