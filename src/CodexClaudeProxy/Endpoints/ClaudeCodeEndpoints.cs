using System.Text.Json;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
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

    /// <summary>For the plan's models, which must not be guessed, where nobody has asked for them yet.</summary>
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
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            report.WriteMembers(json);
            json.WriteEndObject();
        });
    }

    private async Task UseProxyAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        JsonElement models = default;
        if (body.RootElement.TryGetProperty("models"u8, out JsonElement given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.Object) throw Invalid("models must be an object");
            models = given;
            foreach (JsonProperty member in models.EnumerateObject())
            {
                if (!Lanes.Contains(member.Name)) throw Invalid($"models.{member.Name}: known are {string.Join(", ", Lanes)}");
                if (member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) throw Invalid($"models.{member.Name} must be a string");
            }
        }

        ClientChoices choices = Choices(http) with
        {
            AsksPermission = Flag(body, "askPermission"),
            DisablesNonessentialTraffic = Flag(body, "disableNonessentialTraffic"),
            SetsAside = Flag(body, "setAside"),
        };
        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(lane => models.ValueKind == JsonValueKind.Object ? Text(models, lane) : null), choices);
        await ChangeAsync(http, body, "proxy", $"Claude CLI configured to use proxy at {Address(http)}", (text, journal) => ClaudeSettings.ToProxy(text, journal, variables, choices));
    }

    private async Task UseAnthropicAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        string? apiKey = Text(body.RootElement, "apiKey");
        if (apiKey is null && body.RootElement.TryGetProperty("apiKey"u8, out JsonElement given) && given.ValueKind != JsonValueKind.Null) throw Invalid("API key required");

        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(_ => null), Choices(http));
        await ChangeAsync(http, body, "direct", "Claude CLI configured to use direct Anthropic API", (text, journal) => ClaudeSettings.ToAnthropic(text, journal, variables, apiKey));
    }

    private async Task UseAddressAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        string given = Text(body.RootElement, "apiUrl") ?? throw Invalid("apiUrl is required");
        string apiKey = Text(body.RootElement, "apiKey") ?? throw Invalid("apiKey is required");
        string address = ClaudeSettings.NormaliseAddress(given, out string? problem) ?? throw Invalid(problem!);

        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(_ => null), Choices(http));
        await ChangeAsync(http, body, "set", "Claude CLI API endpoint updated", (text, journal) => ClaudeSettings.ToAddress(text, journal, variables, address, apiKey));
    }

    private async Task RestoreAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        if (file.ReadJournal().IsEmpty) throw Invalid("There is nothing to restore");
        bool dryRun = Flag(body, "dryRun");
        await AnswerAsync(http, "Claude CLI settings restored", () => file.RestoreAsync(dryRun, http.RequestAborted));
    }

    private async Task WriteEnvironmentAsync(HttpContext http)
    {
        IReadOnlyList<ClientVariable> variables = await VariablesAsync(http, Chosen(lane => http.Request.Query[lane]), Choices(http) with { DisablesNonessentialTraffic = http.Request.Query["disableNonessentialTraffic"] == "true" });
        await JsonReply.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("variables"u8);
            foreach (ClientVariable variable in variables)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, variable.Name);
                json.WriteString("value"u8, variable.Value);
                json.WriteString("why"u8, variable.Why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("snippets"u8);
            foreach (Snippet snippet in Snippets.Of(variables))
            {
                json.WriteStartObject();
                json.WriteString("id"u8, snippet.Id);
                json.WriteString("label"u8, snippet.Label);
                json.WriteString("language"u8, snippet.Language);
                json.WriteString("text"u8, snippet.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private Task ChangeAsync(HttpContext http, JsonDocument body, string action, string message, Func<SettingsText, SettingsJournal, IEnumerable<SettingsChange>> plan)
    {
        bool dryRun = Flag(body, "dryRun");
        return AnswerAsync(http, message, () => file.ChangeAsync(action, plan, dryRun, http.RequestAborted));
    }

    /// <summary>As in the original, a file that cannot be changed is an error 500; here it says where the trouble is.</summary>
    private async Task AnswerAsync(HttpContext http, string message, Func<Task<SettingsOutcome>> act)
    {
        try
        {
            SettingsOutcome outcome = await act();
            await JsonReply.WriteAsync(http, json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("success"u8, true);
                json.WriteString("message"u8, message);
                ClaudeReport.WriteOutcome(json, file, outcome);
                json.WriteEndObject();
            });
        }
        catch (Exception e) when (ClaudeReport.IsTrouble(e))
        {
            await JsonReply.WriteAsync(http, StatusCodes.Status500InternalServerError, json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("success"u8, false);
                json.WriteString("error"u8, $"{file.Path}: {e.Message}");
                ClaudeReport.WriteProblem(json, e);
                json.WriteEndObject();
            });
        }
    }

    private async Task<IReadOnlyList<ClientVariable>> VariablesAsync(HttpContext http, IReadOnlyDictionary<string, string> wanted, ClientChoices choices)
    {
        ModelCatalogue models = await catalogue.GetAsync(ModelsPatience, http.RequestAborted);
        ProxySettings current = settings.Read();
        return ClientEnvironment.Of(Address(http), options.ApiKey, ClientModelChoice.Choose(models, current.ModelMappings, current.HaikuKiloModel, wanted), choices);
    }

    private ClientChoices Choices(HttpContext http)
    {
        EffectiveSettings effective = EffectiveSettings.Read(home, Variable);
        return new ClientChoices
        {
            ProxyJudges = settings.Read().AutoModeCheck == AutoModeJudge.Model,
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

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static bool Flag(JsonDocument body, string name) => body.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static Protocol.InvalidRequestException Invalid(string message) => new(Protocol.ApiError.Invalid(message));
}
