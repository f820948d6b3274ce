using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Demo;

/// <summary>
/// The Codex backend and its login server, simulated inside the process. It stands where the connections to the network would be,
/// so that all that comes before and after it is the real program.
/// </summary>
/// <param name="isFresh">Only with the two accounts that are ready.</param>
internal sealed class SimulatedBackend(TimeProvider time, bool isFresh) : HttpMessageHandler
{
    private const string CatalogueTag = "W/\"simulated\"";

    public IReadOnlyList<SimulatedAccount> Accounts { get; } = [.. SimulatedAccount.All(time.GetUtcNow()).Take(isFresh ? 2 : int.MaxValue)];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        HttpResponseMessage response = Answer(request, body);
        response.RequestMessage = request;
        return response;
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, byte[] body)
    {
        string path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/oauth/token", StringComparison.Ordinal)) return Renew(body);

        string? id = request.Headers.NonValidated.TryGetValues("chatgpt-account-id", out HeaderStringValues values) ? values.ToString() : null;
        if (Accounts.FirstOrDefault(account => account.Id == id) is not { IsSignedOut: false } account) return Error(HttpStatusCode.Unauthorized, "token_invalidated", "Not a simulated account");

        DateTimeOffset now = time.GetUtcNow();
        if (path.EndsWith("/codex/responses", StringComparison.Ordinal)) return Respond(account, body, now);
        if (path.EndsWith("/codex/alpha/search", StringComparison.Ordinal)) return Json(Search());
        if (path.EndsWith("/codex/models", StringComparison.Ordinal)) return Models();
        if (path.EndsWith("/wham/usage", StringComparison.Ordinal)) return Json(account.Usage(now));
        if (path.EndsWith("/wham/accounts/check", StringComparison.Ordinal)) return Json(account.Workspaces());
        if (path.EndsWith("/wham/rate-limit-reset-credits", StringComparison.Ordinal)) return Json(account.Credits());
        if (path.EndsWith("/wham/rate-limit-reset-credits/consume", StringComparison.Ordinal)) return Redeem(account, body, now);
        return Error(HttpStatusCode.NotFound, "not_found", $"Simulated upstream has no {path}");
    }

    private HttpResponseMessage Respond(SimulatedAccount account, byte[] body, DateTimeOffset now)
    {
        using JsonDocument document = JsonDocument.Parse(body, JsonDepth.Document);
        // Cloned, because the answer is written while it is read.
        SimulatedRequest request = new(document.RootElement.Clone());
        if (SimulatedModel.WantsLimit(request) && !Accounts.Any(other => other.IsLimitedOnWish(now))) account.Limit(now);
        if (account.IsLimited(now)) return WithHeaders(Json(account.LimitReached(now), HttpStatusCode.TooManyRequests), account, now);

        bool known = account.Use(request.Conversation, request.InputTokens);
        int cached = known ? request.CachedTokens : 0;
        ResponseEvents events = new(request, SimulatedModel.Answer(request, account.Email, cached), cached, now);
        HttpResponseMessage response = new(HttpStatusCode.OK) { Content = new StreamContent(new PacedStream(events.All(), time)) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        response.Headers.TryAddWithoutValidation("openai-model", request.Model);
        response.Headers.TryAddWithoutValidation("x-models-etag", CatalogueTag);
        return WithHeaders(response, account, now);
    }

    private static HttpResponseMessage Redeem(SimulatedAccount account, byte[] body, DateTimeOffset now)
    {
        using JsonDocument document = JsonDocument.Parse(body, JsonDepth.Document);
        return document.RootElement.Text("redeem_request_id") is { } request
            ? Json(account.Redeem(request, document.RootElement.Text("credit_id"), now))
            : Error(HttpStatusCode.UnprocessableEntity, "invalid_request", "redeem_request_id is required");
    }

    private static JsonObject Search() => new()
    {
        ["output"] = SimulatedModel.SearchText,
        ["results"] = new JsonArray(new JsonObject { ["url"] = "https://simulated.example/", ["title"] = "A simulated page" }),
    };

    private HttpResponseMessage Renew(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body, JsonDepth.Document);
        string? token = document.RootElement.Text("refresh_token");
        if (Accounts.FirstOrDefault(account => account.RefreshToken == token) is not { IsSignedOut: false } account)
        {
            return Error(HttpStatusCode.BadRequest, "invalid_grant", "Simulated upstream accepts no sign-in; its accounts are all there");
        }

        TokenSet tokens = account.Tokens(time.GetUtcNow());
        return Json(new JsonObject { ["access_token"] = tokens.AccessToken, ["id_token"] = tokens.IdToken, ["refresh_token"] = tokens.RefreshToken, ["token_type"] = "Bearer" });
    }

    /// <summary>The catalogue the program ships with, as the backend would send it.</summary>
    private static HttpResponseMessage Models()
    {
        HttpResponseMessage response = Json(new JsonObject { ["models"] = new JsonArray([.. ModelCatalogue.BuiltIn.Models.Select(Model)]) });
        response.Headers.ETag = EntityTagHeaderValue.Parse(CatalogueTag);
        return response;
    }

    private static JsonObject Model(CatalogueModel model) => new()
    {
        ["slug"] = model.Profile.Slug,
        ["display_name"] = $"{model.Profile.DisplayName} (simulated)",
        ["description"] = "A simulated model",
        ["default_reasoning_level"] = model.Profile.DefaultEffort.Word(),
        ["supported_reasoning_levels"] = new JsonArray([.. model.Profile.Efforts.Select(effort => new JsonObject { ["effort"] = effort.Word(), ["description"] = "" })]),
        ["visibility"] = model.Listed ? "list" : "hide",
        ["supported_in_api"] = true,
        ["priority"] = model.Priority,
        ["service_tiers"] = new JsonArray(model.Profile.PriorityTier ? [new JsonObject { ["id"] = "priority", ["name"] = "Fast" }] : []),
        ["support_verbosity"] = model.Profile.Verbosity,
        ["default_verbosity"] = model.Profile.DefaultVerbosity,
        ["supports_parallel_tool_calls"] = model.Profile.Parallel,
        ["supports_image_detail_original"] = model.Profile.ImageDetailOriginal,
        ["input_modalities"] = model.Profile.Images ? new JsonArray("text", "image") : new JsonArray("text"),
        ["context_window"] = model.Profile.ContextWindow,
        ["use_responses_lite"] = model.Profile.Lite,
    };

    private static HttpResponseMessage WithHeaders(HttpResponseMessage response, SimulatedAccount account, DateTimeOffset now)
    {
        foreach ((string name, string value) in account.Headers(now)) response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    private static HttpResponseMessage Error(HttpStatusCode status, string code, string message) =>
        Json(new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = $"{message} (simulated)" } }, status);

    private static HttpResponseMessage Json(JsonObject body, HttpStatusCode status = HttpStatusCode.OK)
    {
        ByteArrayContent content = new(body.ToBytes());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpResponseMessage(status) { Content = content };
    }
}
