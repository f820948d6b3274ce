using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Endpoints;

/// <summary>
/// Shows Claude Code's settings and points them here or elsewhere. The original's routes and words; ours are dry runs, differences,
/// the way back, and that no key is ever shown.
/// </summary>
internal sealed class ClaudeCodeEndpoints(SettingsFile file, ClaudeHome home, ProxyOptions options, Catalogue catalogue, SettingsStore settings)
{
    private static readonly string[] Lanes = ["default", "opus", "sonnet", "haiku", "fable"];

    /// <summary>For the plan's models, which must not be guessed, while they have not been fetched yet.</summary>
    private static readonly TimeSpan ModelsPatience = TimeSpan.FromSeconds(10);

    /// <summary>Reads an environment variable. Where this program runs need not be where Claude Code does; a proxy is set for the whole machine.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public void MapTo(Routes routes) => routes
        .Get("/claude/config", ShowAsync)
        .Post("/claude/config/proxy", UseProxyAsync)
        .Post("/claude/config/direct", UseAnthropicAsync)
        .Post("/claude/config/set", UseAddressAsync)
        .Post("/claude/config/restore", RestoreAsync)
        .Get("/claude/environment", WriteEnvironmentAsync);

    private async Task ShowAsync(HttpContext http)
    {
        ClientChoices choices = Choices(http);
        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(lane => http.Request.Query[lane]), choices);
        string? version = ClaudeProgram.Find(ClaudeProgram.Name, home.SearchPath) is { } program ? await ClaudeProgram.VersionAsync(program, http.RequestAborted) : null;
        ClaudeReport report = ClaudeReport.Of(file, variables, version, SetupWarnings.Of(EffectiveSettings.Read(home, _ => null), Address(http), choices));
        await JsonReply.WriteAsync(http, report, ClaudeCodeContext.Default.ClaudeReport);
    }

    private async Task UseProxyAsync(HttpContext http)
    {
        ClaudeProxyRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.ClaudeProxyRequest);
        foreach ((string lane, JsonElement model) in request.Models ?? [])
        {
            if (!Lanes.Contains(lane)) throw Invalid($"models.{lane}: known are {string.Join(", ", Lanes)}");
            if (model.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) throw Invalid($"models.{lane} must be a string");
        }

        ClientChoices choices = Choices(http) with
        {
            AsksPermission = request.AskPermission == true,
            DisablesNonessentialTraffic = request.DisableNonessentialTraffic == true,
            SetsAside = request.SetAside == true,
        };
        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(lane => request.Models?.GetValueOrDefault(lane) is { ValueKind: JsonValueKind.String } model ? model.GetString() : null), choices);
        await ChangeAsync(http, request.DryRun, "proxy", $"Claude CLI configured to use proxy at {Address(http)}", (text, journal) => ClaudeSettings.ToProxy(text, journal, variables, choices));
    }

    private async Task UseAnthropicAsync(HttpContext http)
    {
        ClaudeDirectRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.ClaudeDirectRequest);
        if (request.ApiKey is "") throw Invalid("API key required");

        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(_ => null), Choices(http));
        await ChangeAsync(http, request.DryRun, "direct", "Claude CLI configured to use direct Anthropic API", (text, journal) => ClaudeSettings.ToAnthropic(text, journal, variables, request.ApiKey));
    }

    private async Task UseAddressAsync(HttpContext http)
    {
        ClaudeAddressRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.ClaudeAddressRequest);
        if (string.IsNullOrEmpty(request.ApiUrl)) throw Invalid("apiUrl is required");
        if (string.IsNullOrEmpty(request.ApiKey)) throw Invalid("apiKey is required");
        string address = ClaudeSettings.NormaliseAddress(request.ApiUrl, out string? problem) ?? throw Invalid(problem!);

        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(_ => null), Choices(http));
        await ChangeAsync(http, request.DryRun, "set", "Claude CLI API endpoint updated", (text, journal) => ClaudeSettings.ToAddress(text, journal, variables, address, request.ApiKey));
    }

    private async Task RestoreAsync(HttpContext http)
    {
        ClaudeRestoreRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.ClaudeRestoreRequest);
        if (file.ReadJournal().IsEmpty) throw Invalid("There is nothing to restore");
        await AnswerAsync(http, "Claude CLI settings restored", () => file.RestoreAsync(request.DryRun == true, http.RequestAborted));
    }

    private async Task WriteEnvironmentAsync(HttpContext http)
    {
        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(lane => http.Request.Query[lane]), Choices(http) with { DisablesNonessentialTraffic = http.Request.Query["disableNonessentialTraffic"] == "true" });
        await JsonReply.WriteAsync(http, new ClientSetupReport(variables, Snippets.Of(variables)), ClaudeCodeContext.Default.ClientSetupReport);
    }

    private Task ChangeAsync(HttpContext http, bool? dryRun, string action, string message, Func<SettingsText, SettingsJournal, IEnumerable<SettingsChange>> plan) =>
        AnswerAsync(http, message, () => file.ChangeAsync(action, plan, dryRun == true, http.RequestAborted));

    /// <summary>As in the original, a file that cannot be changed is an error 500; here it says where the trouble is.</summary>
    private async Task AnswerAsync(HttpContext http, string message, Func<Task<SettingsOutcome>> act)
    {
        try
        {
            SettingsOutcome outcome = await act();
            await JsonReply.WriteAsync(http, ClaudeChange.Of(message, file, outcome), ClaudeCodeContext.Default.ClaudeChange);
        }
        catch (Exception e) when (ClaudeReport.IsTrouble(e))
        {
            await JsonReply.WriteAsync(http, ClaudeFailure.Of(file, e), ClaudeCodeContext.Default.ClaudeFailure, StatusCodes.Status500InternalServerError);
        }
    }

    private async Task<IReadOnlyList<ClientVariable>> VariablesAsync(HttpContext http, IReadOnlyDictionary<string, string> wanted, ClientChoices choices)
    {
        ModelCatalogue models = await catalogue.GetAsync(ModelsPatience, http.RequestAborted);
        ProxySettings current = settings.Read();
        return ClientEnvironment.Of(Address(http), options.ApiKey, ClientModelChoice.Choose(models, current, wanted), choices);
    }

    private ClientChoices Choices(HttpContext http)
    {
        EffectiveSettings effective = EffectiveSettings.Read(home, Variable);
        return new ClientChoices
        {
            ProxyJudges = settings.Read().AutoModeCheck == AutoModeJudge.Model,
            KeepsSignIn = settings.Read().AnthropicModels.Count > 0,
            Headers = effective.Variable(CustomHeaders.Variable),
            NoProxy = NoProxy.IsNeeded(effective.Variable) ? NoProxy.With(effective.Variable, Address(http)) : null,
        };
    }

    private string Address(HttpContext http) => options.AddressFor(http.Connection.LocalPort);

    private static Dictionary<string, string> Chosen(Func<string, string?> model)
    {
        Dictionary<string, string> chosen = [];
        foreach (string lane in Lanes)
        {
            if (model(lane) is not { Length: > 0 } name) continue;
            if (name.Length > 200 || name.Any(char.IsControl)) throw Invalid($"models.{lane} is no model name");
            chosen[lane] = name;
        }

        return chosen;
    }

    private static Protocol.InvalidRequestException Invalid(string message) => new(Protocol.ApiError.Invalid(message));
}

/// <summary>Points Claude Code here.</summary>
/// <param name="Models">The model of each lane: <c>default</c>, <c>opus</c>, <c>sonnet</c>, <c>haiku</c> or <c>fable</c> → its name; null, absent or empty is our own choice.</param>
/// <param name="AskPermission">Also end the default mode of permissions that Claude Code begins with.</param>
/// <param name="DisableNonessentialTraffic">Also keep Claude Code from telemetry, updates and the like.</param>
/// <param name="SetAside">Also set aside the settings of other providers.</param>
/// <param name="DryRun">Only tell what would change.</param>
internal sealed record ClaudeProxyRequest(
    [property: Description("an object")] Dictionary<string, JsonElement>? Models,
    [property: Description("true or false")] bool? AskPermission,
    [property: Description("true or false")] bool? DisableNonessentialTraffic,
    [property: Description("true or false")] bool? SetAside,
    [property: Description("true or false")] bool? DryRun);

/// <summary>Points Claude Code at Anthropic.</summary>
/// <param name="ApiKey">A key for Anthropic's API; null or absent leaves it to Claude Code's own sign-in.</param>
/// <param name="DryRun">Only tell what would change.</param>
internal sealed record ClaudeDirectRequest(
    [property: Description("a string that is not empty"), JsonConverter(typeof(TextOrEmpty))] string? ApiKey,
    [property: Description("true or false")] bool? DryRun);

/// <summary>Points Claude Code at any other address.</summary>
/// <param name="ApiUrl">An http or https address. Required.</param>
/// <param name="ApiKey">The key for it. Required.</param>
/// <param name="DryRun">Only tell what would change.</param>
internal sealed record ClaudeAddressRequest(
    [property: Description("an http or https address"), JsonConverter(typeof(TextOrEmpty))] string? ApiUrl,
    [property: Description("a string that is not empty"), JsonConverter(typeof(TextOrEmpty))] string? ApiKey,
    [property: Description("true or false")] bool? DryRun);

/// <summary>Takes our changes of Claude Code's settings back.</summary>
/// <param name="DryRun">Only tell what would change.</param>
internal sealed record ClaudeRestoreRequest([property: Description("true or false")] bool? DryRun);
