using System.Text.Json;

namespace FakeCodex;

/// <summary>What the rules look at: one request, and what the fake knows about its sender.</summary>
internal sealed record RuleContext(ReceivedRequest Request, ModelCatalogue Catalogue, IssuedContent Issued)
{
    public JsonElement Body => Request.Json;

    /// <summary>Null when the model is unknown.</summary>
    public CatalogueModel? Model => Catalogue.Find(Body.GetText("model"));

    /// <summary>The lane is chosen by the request, not by the model.</summary>
    public bool IsLite => Request.Header("x-openai-internal-codex-responses-lite") == "true";

    /// <summary>The API-key address; it serves the same models under the public API's own words.</summary>
    public bool IsPublicApi => Request.Path.StartsWith("/v1/", StringComparison.Ordinal);

    /// <summary>A request of an official client, told by the two headers all of them send.</summary>
    public bool IsCodexClient =>
        Request.Header("originator") is { } originator && originator.StartsWith("codex", StringComparison.OrdinalIgnoreCase)
        && Request.Header("user-agent") is { } agent && agent.StartsWith("codex", StringComparison.OrdinalIgnoreCase);

    /// <summary>The client's version from its own header, else from a Codex user agent; null when it names none.</summary>
    public Version? ClientVersion
    {
        get
        {
            string? text = Request.Header("version");
            if (text is null && IsCodexClient) text = Request.Header("user-agent")!.Split('/', ' ').ElementAtOrDefault(1);
            return Version.TryParse(text?.Split('-')[0], out Version? version) ? version : null;
        }
    }
}
