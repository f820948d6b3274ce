using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Backups;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Dashboard;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Images;
using CodexClaudeProxy.Keys.Usage;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns;
using CodexClaudeProxy.Turns.Checks;
using CodexClaudeProxy.Turns.Memory;
using CodexClaudeProxy.Turns.Record;
using CodexClaudeProxy.Turns.Requests;
using CodexClaudeProxy.Turns.Streaming;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy;

/// <summary>The whole program, put together by hand: every part once, in the order of its dependencies.</summary>
internal static partial class Composition
{
    /// <exception cref="AccountsDamagedException">The account file and its backup are both unreadable.</exception>
    public static Task<Routes> ComposeAsync(HostParts host) =>
        ComposeAsync(host, new Surroundings(
            host.Own(Egress.Create(Environment.GetEnvironmentVariable)),
            CodexHome.FromEnvironment(Environment.GetEnvironmentVariable),
            ClaudeHome.FromEnvironment(Environment.GetEnvironmentVariable)));

    /// <exception cref="AccountsDamagedException">The account file and its backup are both unreadable.</exception>
    public static async Task<Routes> ComposeAsync(HostParts host, Surroundings around)
    {
        var codex = new CodexClient(around.Http, host.Options.ChatGptUrl, host.Options.CodexVersion) { Time = host.Time };
        RequestCompression compression = host.Own(new RequestCompression(host.Options.HasOfficialBackend, host.Time, host.Loggers.CreateLogger("Upstream")));
        AccountParts accounts = await AccountsAsync(host, around, codex);
        if (host.Keys.Read() is { IsRequired: true } ring) host.Announce("Client keys", $"{ring.All.Count}; every client must present one, or the access key");
        ModelParts models = Models(host, around, accounts, codex);
        SettingsStore settings = await SettingsAsync(host, accounts.Pool);
        LoginParts logins = Logins(host, around, accounts, models.Catalogue);
        ActivityParts activity = Activity(host, settings);
        TurnParts turns = Turns(host, around, codex, compression, accounts, models, settings, activity);

        var routes = new Routes();
        MapAccounts(routes, host, around, accounts, logins, models, settings);
        MapModels(routes, models, settings);
        MapActivity(routes, host, accounts, models.Catalogue, settings, activity);
        MapTurns(routes, host, around, settings, accounts, codex, turns);
        MapProgram(routes, host, around, accounts, settings, codex, compression, models, activity, turns);
        MapAlerts(routes, host, around, accounts, settings, activity);
        // Whatever is not named here is for the owner.
        routes.OpenToClients("/v1", "/backend-api/wham", "/api/codex");
        return routes;
    }

    private static async Task<AccountParts> AccountsAsync(HostParts host, Surroundings around, CodexClient codex)
    {
        ProxyOptions options = host.Options;
        AccountStore store = host.Own(new AccountStore(new DataDirectory(options.DataDirectory), host.Time, host.Loggers.CreateLogger<AccountStore>()));
        // Before that, what an interrupted restore had changed is put back, and others see that a proxy works here.
        await UnfinishedRestore.RollBackAsync(store.Directory, host.Time, host.Stopping);
        host.Own(new ProxyClaim(options.DataDirectory));
        // First of all: it makes the directory ours, and names what lies there instead of a file.
        await store.OpenAsync(host.Stopping);
        AtomicFile.Sweep(options.DataDirectory);
        RunSettings.Sweep(options.DataDirectory);
        host.Announce("Accounts", store.Read().All.Length switch { 0 => "none signed in yet", var count => $"{count}" });

        var endpoint = new TokenEndpoint(around.Http, options.AuthUrl, host.Time) { UserAgent = codex.UserAgent };
        TokenRefresher tokens = host.Own(new TokenRefresher(store, endpoint, around.Codex, host.Time, host.Loggers.CreateLogger<TokenRefresher>()));
        var pool = new AccountPool(store, host.Time, host.Loggers.CreateLogger<AccountPool>());
        pool.Load();
        host.Own(new PoolKeeper(pool, host.Time, host.Loggers.CreateLogger<PoolKeeper>()));
        // Not secret, and the generator for secrets would load OpenSSL: megabytes for a proxy that only waits.
        host.Own(new RefreshSchedule(store, tokens, new Random(), host.Time, host.Loggers.CreateLogger<RefreshSchedule>()));
        var calls = new AccountCalls(around.Http, options.ChatGptUrl, host.Time) { UserAgent = codex.UserAgent };
        var usage = new AccountUsage(store, tokens, new UsageQuery(calls), host.Time);
        QuotaWatch quotas = host.Own(new QuotaWatch(pool, usage, new Random(), host.Time, host.Loggers.CreateLogger<QuotaWatch>()));
        var resets = new BankedResets(store, usage, new ResetQuery(calls, tokens), new ResetJournal(store.Directory, host.Time), host.Time, host.Loggers.CreateLogger<BankedResets>());
        host.Own(new ResetWatch(resets, host.Time, host.Loggers.CreateLogger<ResetWatch>()));
        DryPool dry = host.Own(new DryPool(pool, resets, host.Time, host.Loggers.CreateLogger<DryPool>()));
        return new AccountParts(store, endpoint, tokens, pool, usage, quotas, resets, dry, new AccountReport(store, pool, host.Time), new ForecastReport(pool, host.Time));
    }

    private static ModelParts Models(HostParts host, Surroundings around, AccountParts accounts, CodexClient codex)
    {
        var lessons = new Lessons(host.Time);
        host.Own(new LessonsFile(host.Options.DataDirectory, lessons, host.Time, host.Loggers.CreateLogger("RefusedMembers")));
        var offers = new AccountCatalogues(accounts.Store, accounts.Pool, accounts.Tokens, codex, host.Time);
        Catalogue catalogue = host.Own(new Catalogue(host.Options.DataDirectory, offers.FetchAllAsync, host.Time, host.Loggers.CreateLogger("Models")));
        // Another account or plan may offer other models; also when a command changed the file beside us.
        accounts.Store.AccountsChanged += catalogue.Expire;
        KiloClient kilo = host.Own(new KiloClient(around.Http, host.Options.KiloUrl, UserAgent, host.Time, host.Loggers.CreateLogger("Kilo")));
        return new ModelParts(catalogue, offers, lessons, kilo);
    }

    /// <summary>Settings apply from the next turn on, whichever program changes the file.</summary>
    private static async Task<SettingsStore> SettingsAsync(HostParts host, AccountPool pool)
    {
        SettingsStore settings = host.Own(new SettingsStore(host.Options.DataDirectory, host.Time, host.Loggers.CreateLogger("Settings")));
        settings.Changed += changed =>
        {
            pool.Apply(changed);
            host.Journal.Level = changed.LogLevel ?? host.Options.LogLevel;
            host.Journal.Redaction.MaskMails = changed.MaskEmailsInLog;
        };
        await settings.OpenAsync(host.Stopping);
        return settings;
    }

    private static LoginParts Logins(HostParts host, Surroundings around, AccountParts accounts, Catalogue catalogue)
    {
        LoginSessions sessions = host.Own(new LoginSessions(host.Time, host.Loggers.CreateLogger<LoginSessions>()));
        TokenExchange exchange = host.Own(new TokenExchange(accounts.Endpoint, accounts.Store, host.Time, host.Loggers.CreateLogger<TokenExchange>(), WelcomeAsync));
        var options = new LoginOptions(host.Options.AuthUrl, host.Options.LoginHost, host.Options.LoginPorts);
        BrowserLogin browser = host.Own(new BrowserLogin(options, sessions, exchange, host.Time, host.Loggers.CreateLogger<BrowserLogin>()));
        var endpoint = new DeviceEndpoint(around.Http, host.Options.AuthUrl, host.Time);
        DeviceLogin device = host.Own(new DeviceLogin(endpoint, sessions, exchange, host.Time, host.Loggers.CreateLogger<DeviceLogin>()));
        return new LoginParts(sessions, browser, new PasteLogin(sessions, exchange), device);

        // The quota, the workspace's routing and the plan's models come with the account.
        async Task WelcomeAsync(Account account, CancellationToken cancellation)
        {
            await accounts.Usage.FetchAsync(account, cancellation);
            await catalogue.GetAsync(cancellation);
        }
    }

    private static ActivityParts Activity(HostParts host, SettingsStore settings)
    {
        var requests = new RequestLog();
        ActivityStore store = host.Own(new ActivityStore(Path.Combine(host.Options.DataDirectory, "activity.db"), host.Time, host.Loggers.CreateLogger("Statistics")));
        var counters = new Counters();
        var keys = new KeyUsage(host.Keys, store, () => new PriceList(settings.Read().Prices), () => settings.Read().TimeZone ?? host.Time.LocalTimeZone, host.Time);
        requests.Finished += store.Add;
        requests.Finished += keys.Add;
        requests.Finished += counters.Add;
        settings.Follow(current =>
        {
            store.IsOn = current.Statistics;
            store.LimitBytes = current.StatisticsLimitMb * 1_000_000L;
        });
        return new ActivityParts(requests, store, counters, keys, host.Own(new Captures(host.Time)), new Drift(host.Time, host.Loggers.CreateLogger("Protocol")));
    }

    private static TurnParts Turns(
        HostParts host, Surroundings around, CodexClient codex, RequestCompression compression, AccountParts accounts, ModelParts models, SettingsStore settings,
        ActivityParts activity)
    {
        ReasoningMemory reasoning = host.Own(new ReasoningMemory(host.Time, IdleTrim.CollectGarbage));
        ResponseMemory responses = host.Own(new ResponseMemory(host.Time, IdleTrim.CollectGarbage, ResponseMemory.LimitFor(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)));
        VerdictMemory verdicts = host.Own(new VerdictMemory(host.Time, IdleTrim.CollectGarbage));
        ImageFetcher fetcher = host.Own(new ImageFetcher(around.Images, UserAgent, host.Time));
        ConversationImages images = host.Own(new ConversationImages(fetcher, host.Time, host.Loggers.CreateLogger("Images"), IdleTrim.CollectGarbage));
        settings.Follow(current => (reasoning.IsOn, responses.IsOn) = (current.RememberReasoning, current.RememberResponses));

        ILogger log = host.Loggers.CreateLogger("Turns");
        var anchors = new InputAnchors();
        var recorder = new TurnRecorder(activity.Requests, activity.Captures, host.Time, log);
        var preparations = new Preparations(settings, models.Catalogue, accounts.Pool, models.Lessons, reasoning, images, models.Kilo, anchors);
        var clocks = new TurnClocks(host.Time, host.Options.Limits, host.DrainEnding, host.UnbegunEnding);
        var factory = new TurnFactory(recorder, preparations, verdicts)
        {
            Pool = accounts.Pool,
            Tokens = accounts.Tokens,
            Quotas = accounts.Quotas,
            Dry = accounts.Dry,
            Codex = codex,
            Compression = compression,
            Kilo = models.Kilo,
            Catalogue = models.Catalogue,
            Lessons = models.Lessons,
            Reasoning = reasoning,
            Drift = activity.Drift,
            Clocks = clocks,
            Log = log,
        };
        var admission = new Admission(activity.Keys, host.Time);
        var corridor = new Corridor(recorder, preparations, admission, factory, host.Capacity, activity.Drift, host.Time, log);
        return new TurnParts(recorder, corridor, admission, factory.Judge, clocks, responses, () => [anchors.Size, reasoning.Size, responses.Size, verdicts.Size, images.Size]);
    }

    private static void MapAccounts(
        Routes routes, HostParts host, Surroundings around, AccountParts accounts, LoginParts logins, ModelParts models, SettingsStore settings)
    {
        (AccountStore store, AccountPool pool) = (accounts.Store, accounts.Pool);
        new AccountEndpoints(store, accounts.Report, accounts.Tokens, accounts.Usage, new CodexImport(store, around.Codex, host.Time))
        {
            Pool = pool,
            Logout = new Logout(store, accounts.Endpoint, host.Loggers.CreateLogger<Logout>()),
        }.MapTo(routes);
        new LoginEndpoints(logins.Sessions, logins.Browser, logins.Paste, logins.Device, store).MapTo(routes);
        new QuotaEndpoints(store, pool, accounts.Usage, host.Time).MapTo(routes);
        new ResetEndpoints(store, accounts.Resets, new ResetReport(pool, accounts.Forecast, accounts.Resets, host.Time)).MapTo(routes);
        new PoolEndpoint(accounts.Report, accounts.Forecast, models.Catalogue, models.Offers, settings).MapTo(routes);
        new CodexAccountEndpoints(store, pool, accounts.Usage, host.Time).MapTo(routes);
        new AccountModelsEndpoint(store, models.Offers).MapTo(routes);
    }

    private static void MapModels(Routes routes, ModelParts models, SettingsStore settings)
    {
        new ModelsEndpoint(models.Catalogue, settings.Read).MapTo(routes);
        new SettingsEndpoints(settings, models.Kilo).MapTo(routes);
        new ModelSettingsEndpoints(settings, models.Catalogue).MapTo(routes);
    }

    private static void MapActivity(Routes routes, HostParts host, AccountParts accounts, Catalogue catalogue, SettingsStore settings, ActivityParts activity)
    {
        (RequestLog requests, ActivityStore store, Captures captures) = (activity.Requests, activity.Store, activity.Captures);
        new RequestEndpoints(requests, store, LabelOf, host.Time, host.Stopping) { IsCaptured = id => captures.Find(id) is not null, Prices = PricesNow }.MapTo(routes);
        new ConversationEndpoint(store, requests, catalogue, LabelOf, PricesNow).MapTo(routes);
        new CaptureEndpoints(captures).MapTo(routes);
        new StatisticsEndpoints(store, requests, LabelOf, host.Time) { Prices = PricesNow, KeyLabel = activity.Keys.LabelOf }.MapTo(routes);
        new KeyEndpoints(host.Keys, activity.Keys, host.Options, host.Time).MapTo(routes);
        new MetricsEndpoint(activity.Counters, requests, accounts.Store, accounts.Pool, () => settings.Read().MetricsAccounts) { Time = host.Time, Started = host.Time.GetUtcNow(), Lost = () => store.Lost }.MapTo(routes);
        new DriftEndpoint(activity.Drift).MapTo(routes);

        PriceList PricesNow() => new(settings.Read().Prices);

        string? LabelOf(string key)
        {
            // Not an account, and named all the same.
            if (key == AnthropicClient.Name) return "Anthropic";
            AccountList all = accounts.Store.Read();
            return all.All.FirstOrDefault(account => account.Key == key) is { } account ? all.NameOf(account) : null;
        }
    }

    private static void MapTurns(Routes routes, HostParts host, Surroundings around, SettingsStore settings, AccountParts accounts, CodexClient codex, TurnParts turns)
    {
        (TurnRecorder recorder, Corridor corridor) = (turns.Recorder, turns.Corridor);
        var forwarding = new Forwarding(recorder, accounts.Pool, accounts.Tokens, accounts.Quotas, codex, settings, turns.Admission, turns.Clocks);
        var anthropic = new AnthropicTurn(recorder, new AnthropicClient(around.Http, host.Options.AnthropicUrl), settings, host.Capacity, host.Options.ApiKey, turns.Clocks);
        new MessagesEndpoint(new MessagesTurn(recorder, corridor, anthropic)).MapTo(routes);
        new ResponsesEndpoint(new ResponsesTurn(recorder, corridor, turns.Responses), turns.Responses, forwarding).MapTo(routes);
        new ChatCompletionsEndpoint(new ChatTurn(recorder, corridor)).MapTo(routes);
        new AutoModeEndpoint(turns.Judge).MapTo(routes);
    }

    private static void MapProgram(
        Routes routes, HostParts host, Surroundings around, AccountParts accounts, SettingsStore settings, CodexClient codex, RequestCompression compression,
        ModelParts models, ActivityParts activity, TurnParts turns)
    {
        new HealthEndpoint(accounts.Report, accounts.Store).MapTo(routes);
        new DashboardEndpoint(HealthEndpoint.AnswerStatusAsync).MapTo(routes);
        new ClaudeCodeEndpoints(new SettingsFile(around.Claude.SettingsFile, host.Options.DataDirectory, host.Time), around.Claude, host.Options, models.Catalogue, settings) { Variable = around.Variable }.MapTo(routes);
        new DoctorEndpoint(host.Options, address => new Patient(host.Options, around.Http, host.Time)
        {
            Store = accounts.Store,
            Tokens = accounts.Tokens,
            Usage = accounts.Usage,
            Codex = codex,
            UncompressedHosts = compression.RefusedBy,
            Claude = around.Claude,
            Variable = around.Variable,
            Settings = settings.Read(),
            Address = address,
            IsRunning = true,
            IsSimulated = around.IsSimulated,
        }).MapTo(routes);
        new LogEndpoints(host).MapTo(routes);
        new AboutEndpoint(host)
        {
            AccountsPath = accounts.Store.Path,
            SettingsPath = settings.Path,
            IsDemo = around.IsSimulated,
            UncompressedHosts = () => compression.RefusedBy,
            Caches = () => [host.Journal.Ring.Size, .. accounts.Pool.Caches, models.Lessons.Size, .. turns.Caches(), models.Catalogue.Size, models.Offers.Size, activity.Drift.Size, activity.Requests.Size, activity.Captures.Size, compression.Encoder.Size],
        }.MapTo(routes);
    }

    private static string UserAgent => $"codex-claude-proxy/{ProductVersion.Text}";

    // What each room offers to those that are put together after it.

    private sealed record AccountParts(
        AccountStore Store, TokenEndpoint Endpoint, TokenRefresher Tokens, AccountPool Pool, AccountUsage Usage, QuotaWatch Quotas, BankedResets Resets, DryPool Dry, AccountReport Report, ForecastReport Forecast);

    private sealed record ModelParts(Catalogue Catalogue, AccountCatalogues Offers, Lessons Lessons, KiloClient Kilo);

    private sealed record LoginParts(LoginSessions Sessions, BrowserLogin Browser, PasteLogin Paste, DeviceLogin Device);

    private sealed record ActivityParts(RequestLog Requests, ActivityStore Store, Counters Counters, KeyUsage Keys, Captures Captures, Drift Drift);

    private sealed record TurnParts(
        TurnRecorder Recorder, Corridor Corridor, Admission Admission, CallJudge Judge, TurnClocks Clocks, ResponseMemory Responses, Func<IEnumerable<CacheSize>> Caches);
}
