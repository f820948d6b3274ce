using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Protocol.Codex;
using FakeCodex;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class AccountsCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_table_shows_plan_token_quota_and_state()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.Files.AddAsync("a@x.com", "1");
        await scene.Files.AddAsync("longer-name@x.com", "2", scene.Time.GetUtcNow().AddHours(-1));
        await scene.Files.AddAsync("a@x.com", "3");
        Shell shell = new(scene);
        shell.Pool.ReportUsage("a@x.com:1", new RateLimits([new(TimeSpan.FromDays(7), 85, scene.Time.GetUtcNow().AddHours(50)), new(TimeSpan.FromHours(5), 12, null)]));
        shell.Pool.ReportExhausted("a@x.com:3", null, scene.Time.GetUtcNow().AddMinutes(90));
        await shell.Actions.EnableAsync("longer-name@x.com", false);
        shell.Clear();

        Assert.Equal(0, await shell.Actions.ListAsync());

        Assert.Equal($"""
               ACCOUNT            PLAN  TOKEN      REMAINING                           STATE
            *  a@x.com · 1        plus  valid 10d  5h 88 %, 7d 15 % (resets in 2d 2h)  ready
               longer-name@x.com  plus  expired    -                                   disabled
               a@x.com · 3        plus  valid 10d  -                                   used up for 1h 30m

            All together: 5h 88 % of 1 account remaining, 7d 15 % of 1; used up in 20h 49m at the present pace
            * active account; the file is {scene.Files.Store.Path}

            """, shell.Output);
    }

    [Fact]
    public async Task Without_accounts_the_way_to_the_first_one_is_told()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Shell shell = new(scene);

        await shell.Actions.ListAsync();

        Assert.Contains("accounts import", shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_told_and_missing_accounts_are_failures()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.Files.AddAsync("a@x.com", "1");
        await scene.Files.AddAsync("b@x.com", "2");
        Shell shell = new(scene);

        Assert.Equal(0, await shell.Actions.SwitchAsync("b@x.com"));
        Assert.Equal(0, await shell.Actions.EnableAsync("a@x.com", false));
        Assert.Equal(1, await shell.Actions.SwitchAsync("c@x.com"));

        Assert.Equal("Switched to account: b@x.com\nAccount disabled: a@x.com\n", shell.Output);
        Assert.Equal("Account not found: c@x.com. There are: a@x.com, b@x.com\n", shell.Errors);
        Assert.Equal("b@x.com", scene.Files.NewStore().Read().Active!.Email);
    }

    [Fact]
    public async Task Label_priority_and_reserve_are_set_and_shown()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.Files.AddAsync("a@x.com", "1");
        Shell shell = new(scene);

        Assert.Equal(0, await shell.Actions.LabelAsync("a@x.com", " Work "));
        Assert.Equal(0, await shell.Actions.PrioritizeAsync("a@x.com", -2));
        Assert.Equal(0, await shell.Actions.ReserveAsync("a@x.com", 25));
        Assert.Equal("a@x.com is labelled Work\na@x.com has priority -2; lower comes first\na@x.com has a reserve of 25 % of its weekly quota window\n", shell.Output);
        shell.Pool.ReportUsage("a@x.com:1", new RateLimits([new(TimeSpan.FromDays(7), 85, scene.Time.GetUtcNow().AddHours(50))]));
        shell.Clear();
        await shell.Actions.ListAsync();
        Assert.Contains("*  Work: a@x.com  plus  valid 10d  7d 15 % (resets in 2d 2h)  below its reserve for 2d 2h, priority -2, reserve 25 %\n", shell.Output, StringComparison.Ordinal);

        Assert.Equal(2, await shell.Actions.LabelAsync("a@x.com", new string('x', 61)));
        Assert.Equal(2, await shell.Actions.ReserveAsync("a@x.com", 101));
        Assert.Equal(2, await shell.Actions.PrioritizeAsync("a@x.com", 1001));
        Assert.Equal("label must be one line of at most 60 characters\nreserve must be a whole number of percent from 0 to 100\npriority must be a whole number from -1000 to 1000; lower comes first\n", shell.Errors);
        Assert.Equal(0, await shell.Actions.LabelAsync("a@x.com", ""));
        Assert.Equal(0, await shell.Actions.ReserveAsync("a@x.com", 0));
        Assert.Equal((null, 0, -2), (scene.OnDisk.Label, scene.OnDisk.Reserve, scene.OnDisk.Priority));
    }

    [Fact]
    public async Task Reserves_by_length_and_excluded_models_are_set_and_shown()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.Files.AddAsync("a@x.com", "1");
        Shell shell = new(scene);

        Assert.Equal(0, await shell.Actions.ReserveAsync("a@x.com", 15, "5h"));
        Assert.Equal(0, await shell.Actions.ExcludeAsync("a@x.com", ["gpt-6-astra", "*-luna"]));
        Assert.Equal("a@x.com has a reserve of 15 % of its 5h quota window\na@x.com does not serve gpt-6-astra, *-luna\n", shell.Output);
        shell.Clear();
        await shell.Actions.ListAsync();
        Assert.Contains("ready, reserve 15 % of 5h, without gpt-6-astra, *-luna\n", shell.Output, StringComparison.Ordinal);

        Assert.Equal(2, await shell.Actions.ReserveAsync("a@x.com", 15, "soon"));
        Assert.Equal(2, await shell.Actions.ExcludeAsync("a@x.com", ["gpt", ""]));
        Assert.Equal("--window must be the length of a quota window, such as 5h or 7d, not soon\nexcludedModels must be a list of at most 50 model names or patterns with *\n", shell.Errors);
        Assert.Equal(0, await shell.Actions.ExcludeAsync("a@x.com", [""]));
        Assert.Empty(scene.OnDisk.ExcludedModels);
        Assert.Equal(15, Assert.Single(scene.OnDisk.Reserves).Percent);
    }

    [Fact]
    public async Task Verifying_keeps_the_tokens_it_needed()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        await scene.SignInAsync(TimeSpan.FromMinutes(-1));
        FakeTokens dead = scene.Auth.SignIn(new FakeUser("dead@x.com", "acc-dead", "u"), TimeSpan.FromMinutes(-1));
        scene.Auth.RevokeRefreshToken(dead.RefreshToken);
        await scene.StoreAsync(dead);
        Shell shell = new(scene);

        Assert.Equal(1, await shell.Actions.VerifyAsync(null, Stop));
        Assert.Equal(0, await shell.Actions.VerifyAsync("dev@example.com", Stop));

        Assert.Contains("dev@example.com: Works; 5h ", shell.Output, StringComparison.Ordinal);
        Assert.Contains("dead@x.com: Token refresh failed: 401 - ", shell.Output, StringComparison.Ordinal);
        Assert.Equal((1, 0), (scene.Auth.Refreshes, scene.Auth.RefreshTokenReuses));
    }

    [Fact]
    public async Task Refreshing_all_reports_each_account_as_json()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account before = await scene.SignInAsync(TimeSpan.FromDays(1));
        Shell shell = new(scene, json: true);

        Assert.Equal(0, await shell.Actions.RefreshAsync(null, Stop));

        JsonElement result = JsonDocument.Parse(shell.Output).RootElement[0];
        Assert.Equal(("dev@example.com", true), (result.GetProperty("email").GetString(), result.GetProperty("success").GetBoolean()));
        Assert.NotEqual(before.RefreshToken, scene.OnDisk.RefreshToken);
        Assert.DoesNotContain(scene.OnDisk.RefreshToken!, shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_an_auth_json_and_never_happens_by_accident()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Account account = await scene.SignInAsync(TimeSpan.FromDays(10));
        Shell shell = new(scene);
        string file = Path.Combine(scene.Files.Root, "exported.json");

        Assert.Equal(2, await shell.Actions.ExportAsync(account.Email, null));
        Assert.Equal("", shell.Output);
        Assert.Equal(0, await shell.Actions.ExportAsync(account.Email, file));
        Assert.Equal(0, await shell.Actions.ExportAsync(account.Email, "-"));

        Assert.Equal(account.RefreshToken, CodexAuthFile.Read(file)!.Tokens!.RefreshToken);
        Assert.Equal(File.ReadAllText(file) + "\n", shell.Output);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Importing_from_standard_input_fetches_the_quota_too()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Shell shell = new(scene);
        using StringReader input = new(scene.Auth.SignIn().ToAuthJson(scene.Time.GetUtcNow()));

        Assert.Equal(0, await shell.Import(scene, input).RunAsync(["-"], dryRun: false, Stop));

        Assert.Equal("Imported account: dev@example.com (plus)\n", shell.Output);
        Assert.NotNull(scene.OnDisk.Quota);
    }

    [Fact]
    public async Task Files_are_shown_before_they_are_imported()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        Shell shell = new(scene);
        string file = Path.Combine(scene.Files.Root, "theirs.json"), broken = Path.Combine(scene.Files.Root, "broken.json");
        File.WriteAllText(file, scene.Auth.SignIn().ToAuthJson(scene.Time.GetUtcNow()));
        File.WriteAllText(broken, "{");

        Assert.Equal(0, await shell.Import(scene, TextReader.Null).RunAsync([file, broken], dryRun: true, Stop));
        Assert.Equal($"  new        dev@example.com (plus), Codex CLI, {file}\n  refused    {broken}: it is not valid JSON\n1 account can be imported; 1 entry refused. Nothing was written.\n", shell.Output);
        Assert.Equal(1, await shell.Import(scene, new StringReader("n\n"), asks: true).RunAsync([file], dryRun: false, Stop));
        Assert.EndsWith("Nothing was imported.\n", shell.Errors, StringComparison.Ordinal);
        Assert.Empty(scene.Files.Store.Read().All);

        Assert.Equal(0, await shell.Import(scene, new StringReader("y\n"), asks: true).RunAsync([file, broken], dryRun: false, Stop));
        Assert.EndsWith("Imported account: dev@example.com (plus); 1 entry refused\n", shell.Output, StringComparison.Ordinal);
        Assert.Equal(1, await shell.Import(scene, TextReader.Null).RunAsync([broken], dryRun: false, Stop));
        Assert.EndsWith("Import failed: it is not valid JSON\n", shell.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_file_only_the_named_accounts_are_imported()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        string file = Path.Combine(scene.Files.Root, "theirs.json");
        File.WriteAllText(file, scene.Auth.SignIn().ToAuthJson(scene.Time.GetUtcNow()));
        using StringWriter output = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        Terminal terminal = new(TextReader.Null, output, errors, _ => null);
        Task<int> RunAsync(string only) => Commands.RunAsync(["accounts", "import", file, "--only", only, "--dry-run", "--data-dir", scene.Files.Root], terminal, Stop);

        Assert.Equal(0, await RunAsync("Dev@example.com"));
        Assert.Equal(1, await RunAsync("other@example.com"));

        Assert.Equal($"  new        dev@example.com (plus), Codex CLI, {file}\n1 account can be imported. Nothing was written.\n", output.ToString());
        Assert.EndsWith("\nImport failed: the files do not hold the account other@example.com. To see which ones they hold, add --dry-run and omit --only\n", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_is_part_of_the_program()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");

        using StringWriter output = new() { NewLine = "\n" };
        Terminal terminal = new(TextReader.Null, output, output, _ => null);

        Assert.Equal(0, await Commands.RunAsync(["accounts", "disable", "a@x.com", "--data-dir", fixture.Data.Root, "--json"], terminal, Stop));
        Assert.Equal(0, await Commands.RunAsync(["accounts", "priority", "a@x.com", "-3", "--data-dir", fixture.Data.Root], terminal, Stop));
        Assert.Equal(2, await Commands.RunAsync(["accounts", "reserve", "a@x.com", "much", "--data-dir", fixture.Data.Root], terminal, Stop));
        Assert.Equal(2, await Commands.RunAsync(["accounts", "reserve", "a@x.com", "200", "--data-dir", fixture.Data.Root], terminal, Stop));
        Assert.Equal(0, await Commands.RunAsync(["accounts", "reserve", "a@x.com", "10", "--window", "5h", "--data-dir", fixture.Data.Root], terminal, Stop));
        Assert.Equal(0, await Commands.RunAsync(["accounts", "exclude", "a@x.com", "gpt-5*", "*-luna", "--data-dir", fixture.Data.Root], terminal, Stop));
        Assert.Equal(1, await Commands.RunAsync(["accounts", "switch", "no@x.com", "--data-dir", fixture.Data.Root], terminal, Stop));
        Assert.Equal(2, await Commands.RunAsync(["accounts", "switch", "--data-dir", fixture.Data.Root], terminal, Stop));
        Assert.Equal(0, await Commands.RunAsync(["accounts", "--data-dir", fixture.Data.Root], terminal, Stop));

        Assert.Contains("Account not found: no@x.com", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("*  a@x.com  plus", output.ToString(), StringComparison.Ordinal);
        Assert.Equal((false, -3), (fixture.Store.Read().All[0].Enabled, fixture.Store.Read().All[0].Priority));
    }

    /// <summary>The actions with everything they print.</summary>
    private sealed class Shell
    {
        private readonly StringBuilder _output = new();
        private readonly StringBuilder _errors = new();

        public Shell(RefreshScene scene, bool json = false)
        {
            Pool = new AccountPool(scene.Files.Store, scene.Time, scene.Files.Logs.CreateLogger<AccountPool>());
            Actions = new AccountActions(scene.Files.Store, Pool, scene.Refresher, scene.Usage, scene.Time)
            {
                Terminal = new Terminal(TextReader.Null, new StringWriter(_output) { NewLine = "\n" }, new StringWriter(_errors) { NewLine = "\n" }, _ => null),
                AsJson = json,
            };
        }

        public AccountPool Pool { get; }

        public AccountActions Actions { get; }

        public string Output => _output.ToString();

        public string Errors => _errors.ToString();

        public void Clear() => _output.Clear();

        public FileImport Import(RefreshScene scene, TextReader input, bool asks = false) =>
            new(new CodexImport(scene.Files.Store, scene.Codex, scene.Time), scene.Usage, scene.Time, Actions.Terminal with { In = input, IsInteractive = asks }) { AsksFirst = true };
    }
}
