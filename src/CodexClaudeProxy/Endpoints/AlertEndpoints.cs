using System.Text.Json;
using CodexClaudeProxy.Alerts;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The channels of alerts: showing them with their addresses masked, changing those that are no commands, and testing them.</summary>
internal sealed class AlertEndpoints(AlertChannels channels, AlertWatch watch, AlertPrograms programs)
{
    private const string NoCommands = "A command cannot be set over HTTP: anyone who can open the page could run programs. Set alertCommand in config.json, or run: codex-claude-proxy alerts add NAME --command PROGRAM";

    public void MapTo(Routes routes) => routes
        .Get("/api/alerts", ShowAsync)
        .Post("/api/alerts/channels", AddAsync)
        .Patch("/api/alerts/channels/{name}", ChangeAsync)
        .Delete("/api/alerts/channels/{name}", RemoveAsync)
        .Post("/api/alerts/test", TestAsync);

    private Task ShowAsync(HttpContext http) => JsonReply.WriteAsync(http, watch.Report(programs), AlertReportsContext.Default.AlertsAnswer);

    private async Task AddAsync(HttpContext http)
    {
        AlertChannelRequest request = await ReadAsync(http);
        AlertChannel channel = Changed(new AlertChannel { Kind = AlertAddress.KindOf(Text(request.Url, "url") ?? "") }, request);
        if (request.Name.ValueKind == JsonValueKind.Undefined) throw Invalid("name is required", "name");
        if (channel.Kind == ChannelKind.Desktop && programs.MissingDesktop is { } missing) throw Invalid($"kind desktop cannot be used: {missing}", "kind");
        await TellAsync(http, await channels.AddAsync(channel, http.RequestAborted), $"Alerts go to {channel.Name} from now on. Send a test to see that they arrive.");
    }

    private async Task ChangeAsync(HttpContext http)
    {
        AlertChannelRequest request = await ReadAsync(http);
        if (Named(http) is not { } known) return;
        if (known.Kind == ChannelKind.Command) throw Invalid(NoCommands, "command");
        // Of what the file holds under the lock; a command that came in between stays refused.
        ChannelFault? fault = await channels.ReplaceAsync(known.Name, current => current.Kind == ChannelKind.Command ? throw Invalid(NoCommands, "command") : Changed(current, request), http.RequestAborted);
        await TellAsync(http, fault, $"The channel {known.Name} was changed.");
    }

    private async Task RemoveAsync(HttpContext http)
    {
        if (Named(http) is not { } known) return;
        if (known.Kind == ChannelKind.Command) throw Invalid(NoCommands, "command");
        await TellAsync(http, await channels.RemoveAsync(known.Name, http.RequestAborted), $"The channel {known.Name} was removed.");
    }

    private async Task TestAsync(HttpContext http)
    {
        AlertTestRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.AlertTestRequest);
        AlertChannel[] chosen = request.Channel is { } name ? channels.Find(name) is { } channel ? [channel] : [] : [.. channels.Read()];
        if (chosen.Length == 0) throw Invalid(request.Channel is null ? "There is no channel to test; add one first" : $"There is no channel {request.Channel}", "channel");
        AlertTestResult[] results = await Task.WhenAll(chosen.Select(async channel =>
        {
            SendResult result = await watch.TestAsync(channel, http.RequestAborted);
            return new AlertTestResult(channel.Name, result.IsDelivered, result.Error);
        }));
        await JsonReply.WriteAsync(http, new AlertTestAnswer(results.All(static result => result.Delivered), results), AlertReportsContext.Default.AlertTestAnswer);
    }

    private static async Task<AlertChannelRequest> ReadAsync(HttpContext http)
    {
        AlertChannelRequest request = await JsonBody.ReadAsync(http, EndpointsContext.Default.AlertChannelRequest);
        if (request.Others?.Keys.FirstOrDefault() is { } unknown) throw JsonBody.Refusal(EndpointsContext.Default.AlertChannelRequest, unknown);
        // Also when a client sends back what it was shown of one.
        if (request.Command.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) || Text(request.Kind, "kind") == "command") throw Invalid(NoCommands, "command");
        return request;
    }

    /// <summary>The channel with what the request names. An address that comes back as it was shown stays what it is.</summary>
    private static AlertChannel Changed(AlertChannel before, AlertChannelRequest request)
    {
        AlertChannel channel = before;
        if (IsGiven(request.Name)) channel = channel with { Name = Text(request.Name, "name") ?? "" };
        if (IsGiven(request.Url) && Text(request.Url, "url") is var url && !(channel.Url is not null && url == channel.Shown)) channel = channel with { Url = url };
        if (IsGiven(request.Kind)) channel = channel with { Kind = KindOf(request.Kind) };
        if (channel is { Kind: ChannelKind.Ntfy, Url: { } topic }) channel = channel with { Url = AlertAddress.OfTopic(topic) };
        // A token is for the host it was given for: nobody gets to see it by naming another one.
        if (before.Url is { } former && !AlertAddress.HaveSameHost(former, channel.Url)) channel = channel with { Authorization = null };
        if (IsGiven(request.Authorization)) channel = channel with { Authorization = Text(request.Authorization, "authorization") };
        if (IsGiven(request.Secret)) channel = channel with { Secret = Text(request.Secret, "secret") };
        if (IsGiven(request.Events)) channel = channel with { Events = EventsOf(request.Events) };
        if (IsGiven(request.IncludeEmail)) channel = channel with { IncludeEmail = request.IncludeEmail.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Refusal("includeEmail") } };
        return channel;
    }

    private static ChannelKind KindOf(JsonElement kind) => Text(kind, "kind") switch
    {
        "webhook" => ChannelKind.Webhook,
        "ntfy" => ChannelKind.Ntfy,
        "slack" => ChannelKind.Slack,
        "discord" => ChannelKind.Discord,
        "desktop" => ChannelKind.Desktop,
        _ => throw Refusal("kind"),
    };

    private static string[]? EventsOf(JsonElement events)
    {
        if (events.ValueKind == JsonValueKind.Null) return null;
        if (events.ValueKind != JsonValueKind.Array || events.EnumerateArray().Any(static name => name.ValueKind != JsonValueKind.String)) throw Refusal("events");
        return [.. events.EnumerateArray().Select(static name => name.GetString()!).Distinct()];
    }

    private static bool IsGiven(JsonElement member) => member.ValueKind != JsonValueKind.Undefined;

    private static string? Text(JsonElement member, string name) => member.ValueKind switch
    {
        JsonValueKind.String => member.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => throw Refusal(name),
    };

    /// <summary>Null when there is no such channel, and the client was told.</summary>
    private AlertChannel? Named(HttpContext http)
    {
        string name = (string)http.Request.RouteValues["name"]!;
        return channels.Find(name) ?? throw Invalid($"There is no channel {name}", "name");
    }

    private static Task TellAsync(HttpContext http, ChannelFault? fault, string done) =>
        fault switch
        {
            null => JsonReply.WriteAsync(http, new OperationResult(true, done), HostingContext.Default.OperationResult),
            { Member: { } member } => throw Invalid(fault.Message, member),
            _ => throw new InvalidRequestException(new ApiError(ApiErrorType.Api, StatusCodes.Status500InternalServerError, fault.Message)),
        };

    private static InvalidRequestException Refusal(string member) => JsonBody.Refusal(EndpointsContext.Default.AlertChannelRequest, member);

    private static InvalidRequestException Invalid(string message, string member) => new(ApiError.Invalid(message, member));
}
