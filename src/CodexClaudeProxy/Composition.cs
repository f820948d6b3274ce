using CodexClaudeProxy.Accounts;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Dashboard;
using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Images;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Turns;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy;

/// <summary>The whole program, put together by hand: every part once, in the order of its dependencies.</summary>
internal static class Composition
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
        ProxyOptions options = host.Options;

        // Upstream
        HttpMessageInvoker http = around.Http;
        var codex = new CodexClient(http, options.ChatGptUrl, options.CodexVersion) { Time = host.Time };

        // Accounts
        AccountStore store = host.Own(new AccountStore(new DataDirectory(options.DataDirectory), host.Time, host.Loggers.CreateLogger<AccountStore>()));
        // First of all: it makes the directory ours, and names what lies there instead of a file.
        await store.OpenAsync(host.Stopping);
        var lessons = new Lessons(host.Time);
        host.Own(new LessonsFile(options.DataDirectory, lessons, host.Time, host.Loggers.CreateLogger("Lessons")));
        AtomicFile.Sweep(options.DataDirectory);
        RunSettings.Sweep(options.DataDirectory);
        host.Announce("Accounts", store.Read().All.Length switch { 0 => "none signed in yet", var count => $"{count}" });
        var tokenEndpoint = new TokenEndpoint(http, options.AuthUrl, host.Time) { UserAgent = codex.UserAgent };
        TokenRefresher tokens = host.Own(new TokenRefresher(store, tokenEndpoint, around.Codex, host.Time, host.Loggers.CreateLogger<TokenRefresher>()));
        var pool = new AccountPool(store, host.Time, host.Loggers.CreateLogger<AccountPool>());
        pool.Load();
        host.Own(new PoolKeeper(pool, host.Time, host.Loggers.CreateLogger<PoolKeeper>()));
        // Not secret, and the generator for secrets would load OpenSSL: megabytes for a proxy that only waits.
        host.Own(new RefreshSchedule(store, tokens, new Random(), host.Time, host.Loggers.CreateLogger<RefreshSchedule>()));

        var usage = new AccountUsage(store, tokens, new UsageQuery(http, options.ChatGptUrl, host.Time) { UserAgent = codex.UserAgent }, host.Time);
        QuotaWatch quotas = host.Own(new QuotaWatch(pool, usage, new Random(), host.Time, host.Loggers.CreateLogger<QuotaWatch>()));
        var report = new AccountReport(store, pool, host.Time);

        // Models
        var catalogues = new AccountCatalogues(store, pool, tokens, codex, host.Time);
        Catalogue catalogue = host.Own(new Catalogue(options.DataDirectory, catalogues.FetchAllAsync, host.Time, host.Loggers.CreateLogger("Models")));
        // Another account or plan may offer other models; also when a command changed the file beside us.
        store.AccountsChanged += catalogue.Expire;

        // Settings: they count from the next turn on, whoever changes the file.
        SettingsStore settings = host.Own(new SettingsStore(options.DataDirectory, host.Time, host.Loggers.CreateLogger("Settings")));
        settings.Changed += changed =>
        {
            pool.Strategy = changed.AccountStrategy;
            host.Journal.Level = changed.LogLevel ?? options.LogLevel;
            host.Journal.Redaction.MaskMails = changed.MaskEmailsInLog;
        };
        await settings.OpenAsync(host.Stopping);

        // Logins
        LoginSessions sessions = host.Own(new LoginSessions(host.Time, host.Loggers.CreateLogger<LoginSessions>()));
        TokenExchange exchange = host.Own(new TokenExchange(tokenEndpoint, store, host.Time, host.Loggers.CreateLogger<TokenExchange>(), WelcomeAsync));
        var loginOptions = new LoginOptions(options.AuthUrl, options.LoginHost, options.LoginPorts);
        BrowserLogin browser = host.Own(new BrowserLogin(loginOptions, sessions, exchange, host.Time, host.Loggers.CreateLogger<BrowserLogin>()));
        var deviceEndpoint = new DeviceEndpoint(http, options.AuthUrl, host.Time);
        DeviceLogin device = host.Own(new DeviceLogin(deviceEndpoint, sessions, exchange, host.Time, host.Loggers.CreateLogger<DeviceLogin>()));

        // Turns
        KiloClient kilo = host.Own(new KiloClient(http, options.KiloUrl, $"codex-claude-proxy/{ProductVersion.Text}", host.Time, host.Loggers.CreateLogger("Kilo")));
        var drift = new Drift(host.Time, host.Loggers.CreateLogger("Drift"));
        var requests = new RequestLog();
        ActivityStore activity = host.Own(new ActivityStore(Path.Combine(options.DataDirectory, "activity.db"), host.Time, host.Loggers.CreateLogger("Statistics")));
        requests.Finished += activity.Add;
        var counters = new Counters();
        requests.Finished += counters.Add;
        Captures captures = host.Own(new Captures(host.Time));
        ReasoningMemory reasoning = host.Own(new ReasoningMemory(host.Time, IdleTrim.CollectGarbage));
        ResponseMemory responses = host.Own(new ResponseMemory(host.Time, IdleTrim.CollectGarbage, ResponseMemory.LimitFor(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)));
        VerdictMemory verdicts = host.Own(new VerdictMemory(host.Time, IdleTrim.CollectGarbage));
        ImageFetcher fetcher = host.Own(new ImageFetcher(around.Images, $"codex-claude-proxy/{ProductVersion.Text}", host.Time));
        ConversationImages images = host.Own(new ConversationImages(fetcher, host.Time, host.Loggers.CreateLogger("Images"), IdleTrim.CollectGarbage));
        settings.Changed += Follow;
        Follow(settings.Read());
        var attempts = new AttemptParts(pool, tokens, codex, lessons, catalogue, host.Time, host.Loggers.CreateLogger("Turns"))
        {
            DrainEnding = host.DrainEnding,
            UnbegunEnding = host.UnbegunEnding,
            Limits = options.Limits,
            Capacity = host.Capacity,
            Settings = settings,
            Kilo = kilo,
            Drift = drift,
            Requests = requests,
            Captures = captures,
            Reasoning = reasoning,
            Verdicts = verdicts,
            Images = images,
            Quotas = quotas,
        };
        var corridor = new Corridor(attempts);

        // Endpoints
        var routes = new Routes();
        new HealthEndpoint(json =>
        {
            report.WriteSummary(json);
            json.WriteString("configPath"u8, store.Path);
        }).MapTo(routes);
        new DashboardEndpoint(HealthEndpoint.AnswerStatusAsync).MapTo(routes);
        new AccountEndpoints(store, report, tokens, usage, new CodexImport(store, around.Codex, host.Time))
        {
            Pool = pool,
            Logout = new Logout(store, tokenEndpoint, host.Loggers.CreateLogger<Logout>()),
        }.MapTo(routes);
        new LoginEndpoints(sessions, browser, new PasteLogin(sessions, exchange), device).MapTo(routes);
        new QuotaEndpoints(store, pool, usage, host.Time).MapTo(routes);
        new PoolEndpoint(report, catalogue, catalogues, settings).MapTo(routes);
        new AccountModelsEndpoint(store, catalogues).MapTo(routes);
        new ModelsEndpoint(catalogue, settings.Read).MapTo(routes);
        new SettingsEndpoints(settings, kilo).MapTo(routes);
        new ModelSettingsEndpoints(settings, catalogue).MapTo(routes);
        new RequestEndpoints(requests, activity, LabelOf, host.Time, host.Stopping) { IsCaptured = id => captures.Find(id) is not null }.MapTo(routes);
        new CaptureEndpoints(captures).MapTo(routes);
        new StatisticsEndpoints(activity, requests, LabelOf, host.Time).MapTo(routes);
        new MetricsEndpoint(counters, requests, store, pool, () => settings.Read().MetricsAccounts) { Time = host.Time, Started = host.Time.GetUtcNow(), Lost = () => activity.Lost }.MapTo(routes);
        new DriftEndpoint(drift).MapTo(routes);
        new AutoModeEndpoint(new CallJudge(attempts)).MapTo(routes);
        new ClaudeCodeEndpoints(new SettingsFile(around.Claude.SettingsFile, options.DataDirectory, host.Time), around.Claude, options, catalogue, settings) { Variable = around.Variable }.MapTo(routes);
        new DoctorEndpoint(options, address => new Patient(options, http, host.Time)
        {
            Store = store,
            Tokens = tokens,
            Usage = usage,
            Codex = codex,
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
            AccountsPath = store.Path,
            SettingsPath = settings.Path,
            IsDemo = around.IsSimulated,
            Caches = () => [host.Journal.Ring.Size, .. pool.Caches, lessons.Size, attempts.Anchors.Size, reasoning.Size, responses.Size, verdicts.Size, images.Size, catalogue.Size, catalogues.Size, drift.Size, requests.Size, captures.Size],
        }.MapTo(routes);
        new MessagesEndpoint(new MessagesTurn(corridor)).MapTo(routes);
        new ResponsesEndpoint(new ResponsesTurn(corridor, responses), responses, new Forwarding(attempts, corridor)).MapTo(routes);
        new ChatCompletionsEndpoint(new ChatTurn(corridor)).MapTo(routes);
        return routes;

        void Follow(ProxySettings current)
        {
            reasoning.IsOn = current.RememberReasoning;
            responses.IsOn = current.RememberResponses;
            activity.IsOn = current.Statistics;
            activity.LimitBytes = current.StatisticsLimitMb * 1_000_000L;
        }

        string? LabelOf(string key) => store.Read().All.FirstOrDefault(account => account.Key == key) is { } account ? account.Label ?? account.Email : null;

        // The quota, the workspace's routing and the plan's models come with the account.
        async Task WelcomeAsync(Account account, CancellationToken cancellation)
        {
            await usage.FetchAsync(account, cancellation);
            await catalogue.GetAsync(cancellation);
        }
    }
}
