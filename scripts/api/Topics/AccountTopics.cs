using CodexClaudeProxy.Accounts.Imports;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using static CodexClaudeProxy.Scripts.Api.Operation;

namespace CodexClaudeProxy.Scripts.Api.Topics;

/// <summary>Accounts, their quotas, and signing in.</summary>
internal static class AccountTopics
{
    private const string AnyName = "The account's e-mail address, id, account id or label.";
    private const string OrActive = AnyName + " The active account by default.";
    private const string Unknown = "No account has this name, or none is active.";
    private const string Session = "The `login` of the answer that began it.";

    public static readonly Topic Accounts = new(
        "Accounts",
        """
        An account is named by its e-mail address, its `id`, its account id or its label. An operation on an account that fails answers 200 with
        `success: false` and says why in `message`.
        """,
        Get("/accounts", "Lists all accounts with everything that is known about them.").Answers(ReportsContext.Default.AccountsReport, "The accounts.").Try(),
        Get("/accounts/status", "Lists all accounts in short.").Answers(ReportsContext.Default.AccountsSummary, "The accounts.").Try(),
        Get("/api/pool", "Tells how the accounts stand and which one would serve a new conversation.")
            .Query("model", "Only for this model of the plan; for each listed one by default.")
            .Answers(ReportsContext.Default.PoolReport, "The accounts, and the choice for each model.").Try("?model=gpt-5.5"),
        Get("/api/forecast", "Tells what remains of all accounts together, when quota windows are reset, and how long the quota lasts at the present pace.")
            .Answers(ReportsContext.Default.PoolForecast, "The forecast.").Try(),
        Post("/accounts/switch", "Makes an account the active one.")
            .Takes(EndpointsContext.Default.AccountChoice, "email").Outcome().Refuses(400, "`email` is absent.")
            .Try(body: """{"email":"user1@example.com"}"""),
        Patch("/accounts/{email}", "Changes what you decide about an account.").Segment("email", AnyName)
            .Takes(StoreContext.Default.AccountChange).Outcome().Refuses(400, "A member is unknown or not what it must be; nothing is changed.")
            .Try(path: "/accounts/user1@example.com", body: """{"label":"work","priority":1,"reserve":20,"reserves":{"5h":10},"excludedModels":["gpt-6-astra"]}""")
            .Try(path: "/accounts/user1@example.com", body: """{"proxy":"socks5://user:password@proxy.example:1080"}""")
            .Try(path: "/accounts/user1@example.com", body: """{"proxy":null}""")
            .Try(path: "/accounts/user1@example.com", body: """{"reserve":120}"""),
        Get("/accounts/{email}/resets", "Shows the banked resets of an account, and whether it is worth redeeming one now.").Segment("email", AnyName)
            .Answers(ReportsContext.Default.AccountResets, "The resets. The list is ten minutes old at most.").Try(path: "/accounts/user1@example.com/resets"),
        Post("/accounts/{email}/reset", "Redeems a banked reset of an account. It cannot be given back: ask a person first.").Segment("email", AnyName)
            .Takes(EndpointsContext.Default.ResetChoice, "confirmed").Outcome().Refuses(400, "`confirmed` is not true; nothing is redeemed.")
            .Try(path: "/accounts/user1@example.com/reset", body: """{"confirmed":true,"credit":null}"""),
        Post("/accounts/refresh", "Refreshes the token of the active account, and asks for its quota.").Outcome().Try(),
        Post("/accounts/{email}/refresh", "Refreshes the token of an account, and asks for its quota.").Segment("email", AnyName).Outcome()
            .Try(path: "/accounts/user1@example.com/refresh"),
        Post("/accounts/refresh/all", "Refreshes the tokens of all accounts, and asks for their quotas.")
            .Answers(ReportsContext.Default.AccountOutcomeArray, "What came of each account.").Try(),
        Get("/accounts/models", "Lists the models that an account's plan has.").Query("email", OrActive)
            .Answers(EndpointsContext.Default.AccountModels, "The models.").Refuses(404, Unknown).Refuses(500, "Upstream could not be asked.").Try(),
        Post("/accounts/import", "Imports the account of the Codex CLI on this machine, or accounts from files of other programs.")
            .Also("A format is recognised by the content. `dryRun` tells what would become of each entry and writes nothing; `accounts` then chooses among them.")
            .Takes(ImportsContext.Default.ImportRequest).Answers(ImportsContext.Default.ImportReport, "What came of it; `success` is false when nothing can be imported.")
            .Refuses(400, "A member is not what it must be.").Try()
            .Try(body: """{"dryRun":true,"files":[{"name":"auth.json","text":"{\"tokens\":{}}"}]}"""),
        Delete("/accounts/{email}", "Removes an account.").Segment("email", AnyName)
            .Flag("revoke", "`true` also tells OpenAI that its tokens are not valid any more.").Outcome()
            .Try(path: "/accounts/user1@example.com?revoke=true"));

    public static readonly Topic Quotas = new(
        "Quotas",
        "How much of its quota windows an account has used. What upstream told is kept for five minutes.",
        Get("/accounts/quota", "Tells what an account has used, from memory or from upstream.").Query("email", OrActive)
            .Flag("refresh", "`true` asks upstream in any case.")
            .Flag("history", "`true` adds how each window filled up.")
            .Answers(EndpointsContext.Default.QuotaAnswer, "What it has used.").Refuses(404, Unknown).Refuses(500, "Upstream could not be asked, and nothing is known.")
            .Try("?refresh=true"),
        Get("/accounts/quota/all", "Tells what all accounts have used, as far as it is known.").Answers(EndpointsContext.Default.QuotaList, "What they have used.").Try(),
        Get("/accounts/usage", "Asks upstream what an account has used.").Query("email", OrActive)
            .Answers(EndpointsContext.Default.UsageReport, "What it has used.").Refuses(404, Unknown).Refuses(500, "Upstream could not be asked.").Try());

    public static readonly Topic CodexClients = new(
        "Usage for Codex clients",
        """
        A Codex client that is signed in with ChatGPT and has its `chatgpt_base_url` set to this program asks here what remains, and shows it as `/status`. The answers are about the
        account here that would serve next, under the client's own account id. With an access key, its token is accepted when it names an account that is signed in here; the token is
        neither checked nor kept nor sent on, and opens nothing else.
        """,
        Get("/backend-api/wham/usage", "Tells what remains, in upstream's words.")
            .Answers(SnakeCaseContext.Default.CodexUsage, "What remains.").Try(),
        Get("/api/codex/usage", "The same, for a base address without `/backend-api`.")
            .Answers(SnakeCaseContext.Default.CodexUsage, "What remains.").Try(),
        Get("/backend-api/wham/accounts/check", "Tells where the client's requests shall go.")
            .Answers(SnakeCaseContext.Default.CodexWorkspaces, "The client's own account.").Refuses(400, "The client does not say which account it has.").Try(),
        Get("/api/codex/accounts/check", "The same, for a base address without `/backend-api`.")
            .Answers(SnakeCaseContext.Default.CodexWorkspaces, "The client's own account.").Refuses(400, "The client does not say which account it has.").Try(),
        Post("/backend-api/wham/rate-limit-reset-credits/consume", "Redeems nothing: a client does not spend what an account has saved up.").Refuses(403, "Always.").Try(),
        Post("/api/codex/rate-limit-reset-credits/consume", "The same, for a base address without `/backend-api`.").Refuses(403, "Always.").Try());

    public static readonly Topic SignIn = new(
        "Sign-in",
        """
        An account gets in with a browser on this machine, with a browser on another one whose last address you paste, or with a code. Each sign-in has a
        session, which is called `login` in the answers. Ask how far it is with `GET /accounts/add/{login}`.
        """,
        Post("/accounts/add", "Begins a sign-in with a browser.")
            .Takes(EndpointsContext.Default.BrowserLoginRequest)
            .Answers(EndpointsContext.Default.BrowserLoginStart, "Open `oauth_url`.").Refuses(400, "A member is not what it must be.")
            .Answers(EndpointsContext.Default.BrowserLoginStart, "The port cannot be listened on. The sign-in can still be finished by pasting.", 500)
            .Try(body: """{"listen":false}"""),
        Get("/accounts/add/{login}", "Tells how far a sign-in is.").Segment("login", Session)
            .Answers(EndpointsContext.Default.LoginState, "How far it is.").Refuses(404, "The sign-in is unknown or was forgotten.").Try(path: "/accounts/add/$LOGIN"),
        Post("/accounts/add/manual", "Finishes a sign-in by hand.").Takes(EndpointsContext.Default.PastedLogin, "code").Outcome()
            .Refuses(400, "The address has no code, belongs to another sign-in, or was refused.")
            .Try(body: """{"login":"$LOGIN","code":"http://localhost:1455/auth/callback?error=access_denied"}"""),
        Post("/accounts/add/device", "Begins a sign-in with a code that is entered on another device.")
            .Takes(EndpointsContext.Default.OtherLoginRequest).Refuses(400, "A member is not what it must be.")
            .Answers(EndpointsContext.Default.DeviceLoginStart, "Enter `user_code` at `verification_url`.")
            .Answers(EndpointsContext.Default.DeviceLoginFailure, "The login server did not give a code.", 502).Try(),
        Delete("/accounts/add/{login}", "Cancels a sign-in.").Segment("login", Session).Outcome().Try(path: "/accounts/add/$LOGIN"),
        Post("/accounts/oauth/cleanup", "Cancels all sign-ins with a browser.").Outcome().Try());

    public static Operation Outcome(this Operation operation) => operation.Answers(HostingContext.Default.OperationResult, "What came of it.");
}
