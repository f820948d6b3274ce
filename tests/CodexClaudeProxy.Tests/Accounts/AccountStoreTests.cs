using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class AccountStoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_originals_file_is_read_as_it_is()
    {
        using AccountFixture fixture = new();
        fixture.WriteAccounts(OriginalFiles.TwoAccounts);

        AccountList accounts = fixture.Store.Read();

        Account imported = accounts.All[0];
        Assert.Equal(("zoë@example.com", "acc-1", "plus"), (imported.Email, imported.AccountId, imported.PlanType));
        Assert.Equal(("opaque.access+token/1==", "rt_<1>&'", "opaque-id"), (imported.AccessToken, imported.RefreshToken, imported.IdToken));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1795390000123), imported.ExpiresAt);
        Assert.True(imported.IsImported);
        Assert.Same(imported, accounts.Active);
        Account bare = accounts.All[1];
        Assert.Equal((null, "rt_2", true), (bare.AccessToken, bare.RefreshToken, bare.Enabled));
    }

    [Fact]
    public async Task A_change_rewrites_nothing_but_what_it_is_about()
    {
        using AccountFixture fixture = new();
        fixture.WriteAccounts(OriginalFiles.TwoAccounts);

        await fixture.Store.UpdateAsync(document => document.Set(document.Accounts.All[1], "label", "spare"), Stop);

        string expected = OriginalFiles.TwoAccounts.Replace(
            "\"addedAt\": \"2026-10-02T10:00:00.000Z\",\n      \"lastUsed\": null", "\"addedAt\": \"2026-10-02T10:00:00.000Z\",\n      \"lastUsed\": null,\n      \"label\": \"spare\"",
            StringComparison.Ordinal);
        Assert.Equal(expected, File.ReadAllText(fixture.Data.Accounts));
    }

    /// <summary>Another program may know what it is.</summary>
    [Fact]
    public async Task A_known_member_of_another_kind_survives_a_change_of_its_neighbour()
    {
        using AccountFixture fixture = new();
        fixture.WriteAccounts("""{"accounts":[{"email":"a@x.com","accountId":"1","label":{"of":"another"},"reserve":"much","quota":7}],"activeAccount":"a@x.com"}""");

        await fixture.Store.UpdateAsync(document => document.Set(document.Accounts.All[0], "priority", 3), Stop);

        JsonElement account = fixture.ReadAccounts().GetProperty("accounts")[0];
        Assert.Equal(["email", "accountId", "label", "reserve", "quota", "priority"], account.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("another", "much", 7), (account.GetProperty("label").GetProperty("of").GetString(), account.GetProperty("reserve").GetString(), account.GetProperty("quota").GetInt32()));
        Assert.Equal((null, null, null, 3), (fixture.Store.Read().All[0].Label, fixture.Store.Read().All[0].Reserve, fixture.Store.Read().All[0].Quota, fixture.Store.Read().All[0].Priority));
    }

    [Fact]
    public async Task A_change_that_changes_nothing_does_not_write()
    {
        using AccountFixture fixture = new();
        fixture.WriteAccounts(OriginalFiles.TwoAccounts);
        DateTime before = File.GetLastWriteTimeUtc(fixture.Data.Accounts);

        await fixture.Store.UpdateAsync(_ => true, Stop);

        Assert.Equal(before, File.GetLastWriteTimeUtc(fixture.Data.Accounts));
        Assert.False(File.Exists(fixture.Data.AccountsBackup));
    }

    [Fact]
    public async Task A_file_that_a_person_edited_is_read_with_comments_and_trailing_commas_and_a_mark()
    {
        using AccountFixture fixture = new();
        fixture.WriteAccounts("\uFEFF{ // mine\n \"accounts\": [ {\"email\":\"a@x.com\",\"accountId\":\"1\",}, ], }");

        Assert.Equal("a@x.com", Assert.Single(fixture.Store.Read().All).Email);
        Assert.Equal("a@x.com", await fixture.Store.UpdateAsync(document => document.Accounts.All[0].Email, Stop));
    }

    [Theory]
    [InlineData("half a character \\ud83d")]
    [InlineData("\\udc00 \\\\ud83d \\ud83d\\ude00")]
    public async Task Half_a_character_in_any_member_does_not_make_the_accounts_unusable(string label)
    {
        using AccountFixture fixture = new();
        fixture.WriteAccounts($$"""{"accounts":[{"email":"a@x.com","accountId":"1","label":"{{label}}","{{label}}":1}],"activeAccount":"a@x.com"}""");

        Assert.Equal("a@x.com", fixture.Store.Read().Active!.Email);
        Assert.True(await fixture.Store.UpdateAsync(document => document.Set(document.Accounts.All[0], "enabled", false), Stop));

        Assert.Contains('\uFFFD', fixture.Store.Read().All[0].Label!);
        Assert.False(fixture.NewStore().Read().All[0].Enabled);
    }

    [Fact]
    public async Task What_could_not_be_read_again_is_not_written()
    {
        using AccountFixture fixture = new();
        Account account = await fixture.AddAsync("a@x.com", "1");
        JsonNode deep = 1;
        for (int i = 0; i < 200; i++) deep = new JsonArray(deep);

        await Assert.ThrowsAnyAsync<JsonException>(() => fixture.Store.UpdateAsync(document => document.Set(account, "deep", deep), Stop));

        Assert.Equal("a@x.com", Assert.Single(fixture.NewStore().Read().All).Email);
    }

    [Fact]
    public async Task What_another_process_writes_is_seen_at_once_even_within_one_tick_of_the_clock()
    {
        using AccountFixture fixture = new();
        using AccountStore other = fixture.NewStore();
        Account account = await fixture.AddAsync("a@x.com", "1");

        for (int i = 100; i < 130; i++)
        {
            // Always the same length: only the time of change tells.
            string label = $"label {i}";
            await other.UpdateAsync(document => document.Set(account, "label", label), Stop);
            Assert.Equal(label, fixture.Store.Read().All[0].Label);
        }
    }

    [Fact]
    public async Task A_reader_that_met_no_change_returns_the_same_list()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");

        Assert.Same(fixture.Store.Read(), fixture.Store.Read());
    }

    [Fact]
    public async Task Updates_of_many_writers_add_up()
    {
        using AccountFixture fixture = new();
        AccountStore[] stores = [.. Enumerable.Range(0, 4).Select(_ => fixture.NewStore())];

        await Task.WhenAll(stores.Select((store, writer) => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                string email = $"{writer}-{i}@x.com";
                TokenSet tokens = fixture.Tokens(email, "w", fixture.Time.GetUtcNow().AddDays(1));
                await store.UpdateAsync(document => document.Upsert(tokens, email, null, fixture.Time.GetUtcNow()), Stop);
            }
        })));

        Assert.Equal(40, fixture.Store.Read().All.Select(account => account.Key).Distinct().Count());
        foreach (AccountStore store in stores) store.Dispose();
    }

    [Fact]
    public async Task The_backup_holds_what_was_written_last()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        await fixture.AddAsync("b@x.com", "2");

        Assert.Equal(File.ReadAllBytes(fixture.Data.Accounts), File.ReadAllBytes(fixture.Data.AccountsBackup));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"accounts\":[{\"email\":\"a@")]
    [InlineData("[]")]
    [InlineData("{\"accounts\":{}}")]
    [InlineData("{\"accounts\":[],\"accounts\":[]}")]
    public async Task A_damaged_file_is_kept_aside_and_the_backup_takes_its_place(string damaged)
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        File.WriteAllText(fixture.Data.Accounts, damaged);
        using AccountStore restarted = fixture.NewStore();

        Assert.Equal("a@x.com", Assert.Single(restarted.Read().All).Email);
        await restarted.OpenAsync(Stop);

        Assert.Equal("a@x.com", Assert.Single(restarted.Read().All).Email);
        Assert.Equal("a@x.com", fixture.ReadAccounts().GetProperty("accounts")[0].GetProperty("email").GetString());
        string quarantine = Assert.Single(Directory.GetFiles(fixture.Data.Root, "accounts.json.damaged-*"));
        Assert.Equal(damaged, File.ReadAllText(quarantine));
    }

    [Fact]
    public async Task When_the_backup_is_damaged_too_nothing_is_overwritten()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        File.WriteAllText(fixture.Data.Accounts, "{\"accounts\":[");
        File.WriteAllText(fixture.Data.AccountsBackup, "?");
        using AccountStore restarted = fixture.NewStore();

        AccountsDamagedException refusal = await Assert.ThrowsAsync<AccountsDamagedException>(() => restarted.OpenAsync(Stop));
        Assert.Throws<AccountsDamagedException>(restarted.Read);

        Assert.Contains(fixture.Data.Accounts, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("{\"accounts\":[", File.ReadAllText(fixture.Data.Accounts));
        Assert.Equal("?", File.ReadAllText(fixture.Data.AccountsBackup));
    }

    [Fact]
    public async Task A_running_process_goes_on_with_what_it_knew_when_the_file_is_damaged()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        File.WriteAllText(fixture.Data.Accounts, "{");
        File.Delete(fixture.Data.AccountsBackup);

        Assert.Equal("a@x.com", Assert.Single(fixture.Store.Read().All).Email);
        Assert.Contains("cannot be read", fixture.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_file_means_no_accounts_and_they_do_not_come_back()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        File.Delete(fixture.Data.Accounts);

        Assert.Empty(fixture.Store.Read().All);
        await fixture.AddAsync("b@x.com", "2");
        Assert.Equal("b@x.com", Assert.Single(fixture.Store.Read().All).Email);
    }

    [Fact]
    public async Task Everything_is_made_private_at_the_start()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes or links.");
            return;
        }

        using AccountFixture fixture = new();
        fixture.WriteAccounts(OriginalFiles.TwoAccounts);
        string left = Path.Combine(fixture.Data.Root, "accounts", "zo__example.com", "auth.json");
        Directory.CreateDirectory(Path.GetDirectoryName(left)!);
        File.WriteAllText(left, "{}");
        const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(fixture.Data.Accounts, Readable);
        File.SetUnixFileMode(left, Readable);
        File.SetUnixFileMode(fixture.Data.Root, Readable | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);

        await fixture.Store.OpenAsync(Stop);
        await fixture.AddAsync("a@x.com", "1");

        foreach (string path in Directory.EnumerateFileSystemEntries(fixture.Data.Root, "*", SearchOption.AllDirectories).Append(fixture.Data.Root))
        {
            UnixFileMode expected = UnixFileMode.UserRead | UnixFileMode.UserWrite | (Directory.Exists(path) ? UnixFileMode.UserExecute : 0);
            Assert.True(expected == File.GetUnixFileMode(path), $"{path} is {File.GetUnixFileMode(path)}");
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task What_is_not_ours_keeps_its_rights()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Rights are Unix's.");
        using AccountFixture fixture = new();
        fixture.WriteAccounts(OriginalFiles.TwoAccounts);
        string root = fixture.Data.Root;
        const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Open = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        string elsewhere = Directory.CreateDirectory(Path.Combine(fixture.Root, "elsewhere", "below")).FullName;
        string foreign = Path.Combine(root, "foreign.txt"), linked = Path.Combine(elsewhere, "tool"), home = Directory.CreateDirectory(Path.Combine(root, "accounts", "mine")).FullName;
        foreach (string file in (string[])[foreign, linked, Path.Combine(home, "auth.json"), Path.Combine(root, "accounts", "foreign")]) File.WriteAllText(file, "{}");
        File.CreateSymbolicLink(Path.Combine(root, "settings.json"), linked);
        Directory.CreateSymbolicLink(Path.Combine(root, "accounts", "link"), Path.Combine(fixture.Root, "elsewhere"));
        foreach (string loop in (string[])["l0", "l1"]) Directory.CreateSymbolicLink(Path.Combine(root, "accounts", loop), ".");
        string[] kept = [foreign, linked, Path.Combine(root, "accounts", "foreign")];
        foreach (string file in kept.Append(fixture.Data.Accounts)) File.SetUnixFileMode(file, Readable);
        foreach (string directory in (string[])[elsewhere, Path.GetDirectoryName(elsewhere)!, home]) File.SetUnixFileMode(directory, Open);
        File.SetUnixFileMode(root, Open);

        await fixture.Store.OpenAsync(Stop);

        Assert.All(kept, file => Assert.Equal(Readable, File.GetUnixFileMode(file)));
        Assert.All((string[])[elsewhere, Path.GetDirectoryName(elsewhere)!, root], directory => Assert.Equal(Open, File.GetUnixFileMode(directory)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(home));
        Assert.All((string[])[fixture.Data.Accounts, Path.Combine(home, "auth.json")], file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData("accounts.json", "pipe")]
    [InlineData("accounts.json", "directory")]
    [InlineData("accounts.json", "link")]
    [InlineData("accounts.json", "loop")]
    [InlineData("accounts.json", "device")]
    [InlineData("accounts.lock", "pipe")]
    [InlineData("settings.json", "pipe")]
    [InlineData("state.json", "pipe")]
    [InlineData("lessons.json", "pipe")]
    [InlineData("models.json", "pipe")]
    [InlineData("activity.db", "directory")]
    public async Task What_is_no_file_is_named_and_not_waited_for(string name, string kind)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no such files.");
        using AccountFixture fixture = new();
        Directory.CreateDirectory(fixture.Data.Root);
        string path = Path.Combine(fixture.Data.Root, name);
        if (kind == "pipe") NamedPipe.Make(path);
        else if (kind == "directory") Directory.CreateDirectory(path);
        else File.CreateSymbolicLink(path, kind switch { "link" => "nowhere", "loop" => name, _ => "/dev/zero" });

        IOException told = await Assert.ThrowsAsync<IOException>(() => fixture.Store.OpenAsync(Stop).WaitAsync(TimeSpan.FromSeconds(10), Stop));

        Assert.StartsWith(path + " is a ", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_for_other_programs_that_is_a_pipe_is_named_too()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no named pipes among the files.");
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        string copy = Assert.Single(Directory.GetFiles(Path.Combine(fixture.Data.Root, "accounts"), "auth.json", SearchOption.AllDirectories));
        File.Delete(copy);
        NamedPipe.Make(copy);

        using AccountStore next = fixture.NewStore();
        IOException told = await Assert.ThrowsAsync<IOException>(() => next.OpenAsync(Stop).WaitAsync(TimeSpan.FromSeconds(10), Stop));
        Assert.StartsWith(copy + " is a pipe", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leftovers_of_killed_writers_are_cleared_away()
    {
        using AccountFixture fixture = new();
        await fixture.AddAsync("a@x.com", "1");
        string leftover = Path.Combine(fixture.Data.Root, ".accounts.json.0123456789ab.tmp");
        File.WriteAllText(leftover, "{");

        await fixture.Store.OpenAsync(Stop);

        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public async Task A_symbolic_link_to_the_file_stays_one()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes or links.");
            return;
        }

        using AccountFixture fixture = new();
        string elsewhere = Path.Combine(fixture.Root, "elsewhere.json");
        File.WriteAllText(elsewhere, OriginalFiles.TwoAccounts);
        Directory.CreateDirectory(fixture.Data.Root);
        File.CreateSymbolicLink(fixture.Data.Accounts, elsewhere);

        using AccountStore other = fixture.NewStore();
        Assert.Equal(2, other.Read().All.Length);

        await fixture.AddAsync("new@x.com", "9");

        Assert.Equal(3, other.Read().All.Length);
        Assert.Equal(elsewhere, new FileInfo(fixture.Data.Accounts).LinkTarget);
        Assert.Contains("new@x.com", File.ReadAllText(elsewhere), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_person_in_two_workspaces_has_two_accounts()
    {
        using AccountFixture fixture = new();
        Account first = await fixture.AddAsync("me@x.com", "personal");
        Account second = await fixture.AddAsync("me@x.com", "company");

        AccountList accounts = fixture.Store.Read();
        Assert.Equal(["me@x.com:personal", "me@x.com:company"], accounts.All.Select(account => account.Key));
        Assert.Equal(first.Key, accounts.Find("ME@x.com")!.Key);
        Assert.Equal(second.Key, accounts.Find("company")!.Key);
        Assert.Equal(second.Key, accounts.Find("me@x.com:company")!.Key);

        await fixture.Store.UpdateAsync(document => { document.SetActive(second); return true; }, Stop);
        Assert.Equal(second.Key, fixture.Store.Read().Find("me@x.com")!.Key);
        Assert.Equal("me@x.com", fixture.ReadAccounts().GetProperty("activeAccount").GetString());
    }

    [Fact]
    public async Task A_new_sign_in_renews_the_tokens_and_keeps_the_rest()
    {
        using AccountFixture fixture = new();
        fixture.WriteAccounts(OriginalFiles.TwoAccounts);

        await fixture.AddAsync("zoë@example.com", "acc-1");

        JsonElement account = fixture.ReadAccounts().GetProperty("accounts")[0];
        Assert.Equal(2, fixture.Store.Read().All.Length);
        Assert.Equal("rt_zoë@example.com_acc-1", account.GetProperty("refreshToken").GetString());
        Assert.Equal("2026-10-01T10:00:00.000Z", account.GetProperty("addedAt").GetString());
        Assert.Equal(37.4, account.GetProperty("quota").GetProperty("usage").GetProperty("percentage").GetDouble());
        Assert.Equal(3, account.GetProperty("mystery").GetArrayLength());
    }

    [Fact]
    public async Task The_first_account_becomes_active_and_a_removed_one_hands_over_to_the_first_that_remains()
    {
        using AccountFixture fixture = new();
        Account first = await fixture.AddAsync("a@x.com", "1");
        await fixture.AddAsync("b@x.com", "2");
        Assert.Equal(first.Key, fixture.Store.Read().Active!.Key);

        Assert.True(await fixture.Store.UpdateAsync(document => document.Remove(first), Stop));
        Assert.Equal("b@x.com", fixture.Store.Read().Active!.Email);

        Assert.True(await fixture.Store.UpdateAsync(document => document.Remove(document.Accounts.All[0]), Stop));
        Assert.Null(fixture.Store.Read().Active);
        Assert.Equal(JsonValueKind.Null, fixture.ReadAccounts().GetProperty("activeAccount").ValueKind);
    }

    [Fact]
    public async Task Each_account_has_a_copy_in_codex_format_that_goes_with_it()
    {
        using AccountFixture fixture = new();
        Account account = await fixture.AddAsync("a@x.com", "1");
        string path = Path.Combine(fixture.Data.Root, "accounts", "a_x.com", "auth.json");

        JsonNode copy = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.Equal("chatgpt", (string?)copy["auth_mode"]);
        Assert.True(copy.AsObject().ContainsKey("OPENAI_API_KEY"));
        Assert.Equal(account.AccessToken, (string?)copy["tokens"]!["access_token"]);
        Assert.Equal(account.RefreshToken, (string?)copy["tokens"]!["refresh_token"]);
        Assert.Equal(account.IdToken, (string?)copy["tokens"]!["id_token"]);
        Assert.Equal("1", (string?)copy["tokens"]!["account_id"]);

        await fixture.Store.UpdateAsync(document => document.Remove(account), Stop);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task Addresses_that_meet_in_one_directory_name_do_not_share_it()
    {
        using AccountFixture fixture = new();
        Account plus = await fixture.AddAsync("a+b@x.com", "1");
        Account underscore = await fixture.AddAsync("a_b@x.com", "2");
        Account workspace = await fixture.AddAsync("a+b@x.com", "3");
        string[] paths = [fixture.Data.AuthFile(plus), fixture.Data.AuthFile(underscore), fixture.Data.AuthFile(workspace)];
        Assert.Equal(3, paths.Distinct().Count());

        await fixture.Store.UpdateAsync(document => document.Remove(plus), Stop);

        Assert.Equal([false, true, true], paths.Select(File.Exists));
        // The freed name is not taken by one that has a place already.
        Assert.Equal(paths[1], fixture.Data.AuthFile(underscore));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\..\\b")]
    [InlineData("con.x@y")]
    [InlineData(".hidden@x.com")]
    [InlineData("x\0y@z")]
    public async Task No_address_leads_out_of_the_directory(string email)
    {
        using AccountFixture fixture = new();
        Account account = await fixture.Store.UpdateAsync(
            document => document.Upsert(new TokenSet { AccessToken = "opaque", RefreshToken = "r", AccountId = "1" }, email, null, default), Stop);

        string path = fixture.Data.AuthFile(account);
        Assert.Equal(Path.Combine(fixture.Data.Root, "accounts"), Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path))));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void What_prints_an_account_prints_no_token()
    {
        using AccountFixture fixture = new();
        TokenSet tokens = fixture.Tokens("a@x.com", "1", fixture.Time.GetUtcNow());
        Account account = new() { Email = "a@x.com", AccountId = "1", AccessToken = tokens.AccessToken, RefreshToken = tokens.RefreshToken };

        string printed = $"{account} {Credential.Of(account)} {tokens} {new CredentialReply(Credential.Of(account), null)} {RefreshOutcome.Renewed(account)}";

        Assert.DoesNotContain(tokens.AccessToken, printed, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.RefreshToken!, printed, StringComparison.Ordinal);
    }
    [Fact]
    public void What_carries_tokens_prints_none()
    {
        object[] carriers =
        [
            new TokenRefresh("client", "refresh_token", "secret", "forced"), new TokenRevocation("secret", "refresh_token", "client"),
            new TokenReply { AccessToken = "secret", RefreshToken = "secret", IdToken = "secret" },
            new AuthJson { ApiKey = "secret", Tokens = new AuthTokens { AccessToken = "secret", RefreshToken = "secret", IdToken = "secret" } },
            new AuthTokens { AccessToken = "secret", RefreshToken = "secret", IdToken = "secret" },
            new DeviceCodeReply { DeviceAuthId = "secret" }, new DeviceTokenRequest("secret", "CODE"), new DeviceTokenReply { AuthorizationCode = "secret", CodeVerifier = "secret" },
            new PastedLogin(JsonElement.Parse("\"secret\""), "secret", "secret"),
        ];

        foreach (object carrier in carriers) Assert.DoesNotContain("secret", carrier.ToString(), StringComparison.Ordinal);
    }
}
