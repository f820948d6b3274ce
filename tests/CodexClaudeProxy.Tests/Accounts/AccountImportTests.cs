using System.Text;
using CodexClaudeProxy.Accounts.Imports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Network;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Accounts;

public sealed class AccountImportTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly AccountFixture _fixture;

    public AccountImportTests() => _fixture = new AccountFixture(_time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AccountImport Import => new(_fixture.Store, _time);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_preview_tells_what_happens_to_each_entry_and_writes_nothing()
    {
        Account same = await _fixture.AddAsync("same@x.com", "1");
        await _fixture.AddAsync("old@x.com", "2");
        ImportFile older = File("older.json", Token("old@x.com", "2", issued: -1), "rt_older");
        _time.Advance(TimeSpan.FromHours(1));
        await _fixture.Store.UpdateAsync(document => document.Upsert(_fixture.Tokens("update@x.com", "3", _time.GetUtcNow().AddDays(1)), "update@x.com", null, _time.GetUtcNow()), Stop);
        _time.Advance(TimeSpan.FromHours(1));
        string before = System.IO.File.ReadAllText(_fixture.Data.Accounts);

        ImportReport preview = Import.Preview(
        [
            File("new.json", Token("new@x.com", "4"), "rt_new"),
            File("same.json", same.AccessToken!, same.RefreshToken!),
            older,
            File("update.json", Token("update@x.com", "3"), "rt_update"),
            File("again.json", Token("new@x.com", "4", issued: -2), "rt_again"),
            File("ended.json", Token("ended@x.com", "5", days: -1), null),
            new ImportFile("broken.json", "{"u8.ToArray()),
            new ImportFile("gone.json", default, "there is no such file"),
        ]);

        Assert.Equal(
            ["new", "unchanged", "older", "update", "refused", "refused", "refused", "refused"], preview.Entries!.Select(entry => entry.State));
        Assert.Equal("the same account is in new.json, with tokens that are as new or newer", preview.Entries![4].Reason);
        Assert.Equal("its access token expired 2026-11-29T14:00:00.000Z, and there is no refresh token", preview.Entries![5].Reason);
        Assert.Equal(("broken.json", "it is not valid JSON"), (preview.Entries![6].File, preview.Entries![6].Reason));
        Assert.Equal((true, true, "2 accounts can be imported; 4 entries refused"), (preview.Success, preview.DryRun, preview.Message));
        Assert.Equal(before, System.IO.File.ReadAllText(_fixture.Data.Accounts));
    }

    [Fact]
    public async Task A_broken_file_does_not_keep_the_others_out()
    {
        (ImportReport report, IReadOnlyList<Account> imported) = await Import.ImportAsync([new ImportFile("x", "{"u8.ToArray()), File("a.json", Token("a@x.com", "1"), "rt_1")], null, Stop);

        Assert.Equal((true, "Imported account: a@x.com (plus); 1 entry refused"), (report.Success, report.Message));
        Assert.Equal("a@x.com", Assert.Single(imported).Email);
        Assert.Equal("rt_1", _fixture.Store.Read().All.Single().RefreshToken);
        Assert.StartsWith("CLIProxyAPI still uses the same refresh tokens, and each works only once", report.Note, StringComparison.Ordinal);
        Assert.DoesNotContain("rt_1", report.ToString() + string.Concat(report.Entries!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b@x.com:2")]
    [InlineData("B@x.com")]
    public async Task Only_the_chosen_ones_are_imported(string chosen)
    {
        ImportFile[] files = [File("a", Token("a@x.com", "1"), "rt"), File("b", Token("b@x.com", "2"), "rt")];
        Assert.Equal(["skipped", "new"], Import.Preview(files, [chosen]).Entries!.Select(entry => entry.State));

        (ImportReport report, _) = await Import.ImportAsync(files, [chosen], Stop);

        Assert.Equal(["skipped", "new"], report.Entries!.Select(entry => entry.State));
        Assert.Equal(["b@x.com"], _fixture.Store.Read().All.Select(account => account.Email));
    }

    [Fact]
    public async Task A_new_account_brings_its_preferences_along_and_a_known_one_keeps_its_own()
    {
        Account known = await _fixture.AddAsync("known@x.com", "1");
        await _fixture.Store.UpdateAsync(document => { AccountPreferences.SetLabel(document, known, "mine"); return true; }, Stop);
        _time.Advance(TimeSpan.FromHours(1));
        string extras = ""","note":"theirs","priority":5,"excluded_models":["gpt-6-*"]""";

        await Import.ImportAsync([File("k", Token("known@x.com", "1"), "rt_k", extras), File("n", Token("new@x.com", "2"), "rt_n", extras)], null, Stop);

        AccountList all = _fixture.Store.Read();
        Assert.Equal(("mine", 0, "rt_k"), (all.Find("known@x.com")!.Label, all.Find("known@x.com")!.Priority, all.Find("known@x.com")!.RefreshToken));
        Assert.Equal(("theirs", -5, "rt_n"), (all.Find("new@x.com")!.Label, all.Find("new@x.com")!.Priority, all.Find("new@x.com")!.RefreshToken));
        Assert.Equal(["gpt-6-*"], all.Find("new@x.com")!.ExcludedModels);
        Assert.False(all.Find("new@x.com")!.IsImported);
    }

    [Fact]
    public async Task The_proxy_of_an_account_comes_along()
    {
        (ImportReport report, _) = await Import.ImportAsync([File("p", Token("p@x.com", "1"), "rt", ""","proxy_url":"http://user:canary@127.0.0.1:1" """)], null, Stop);

        Account account = _fixture.Store.Read().All.Single();
        Assert.Equal((true, "http://user:canary@127.0.0.1:1"), (account.Enabled, account.Proxy?.Text));
        Assert.Contains("it goes through http://***@127.0.0.1:1", report.Entries!.Single().Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", report.Entries!.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_whose_proxy_cannot_be_used_here_is_not_used_without_it()
    {
        (ImportReport report, _) = await Import.ImportAsync([File("p", Token("p@x.com", "1"), "rt", ""","proxy_url":"socks4://user:canary@127.0.0.1:1" """)], null, Stop);

        Assert.False(_fixture.Store.Read().All.Single().Enabled);
        Assert.Contains("added disabled", report.Entries!.Single().Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", report.Entries!.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_imports_may_name_another_proxy_also_for_accounts_that_are_here()
    {
        await Import.ImportAsync([File("p", Token("p@x.com", "1"), "rt_1")], null, Stop);
        AccountImport through = new(_fixture.Store, _time) { Proxy = AccountProxy.Parse("socks5://127.0.0.1:2") };

        await through.ImportAsync([File("p", Token("p@x.com", "1"), "rt_2", ""","proxy_url":"http://127.0.0.1:1" """), File("q", Token("q@x.com", "2"), "rt_3")], null, Stop);

        Assert.Equal(["socks5://127.0.0.1:2", "socks5://127.0.0.1:2"], _fixture.Store.Read().All.Select(account => account.Proxy?.Text));
    }

    [Fact]
    public async Task A_proxy_that_is_named_counts_also_for_accounts_whose_tokens_stay()
    {
        ImportFile[] files = [File("s", Token("same@x.com", "1"), "rt_1"), File("o", Token("older@x.com", "2"), "rt_2"), File("n", Token("not@x.com", "3"), "rt_3")];
        await Import.ImportAsync(files, null, Stop);
        files[1] = File("o", Token("older@x.com", "2", issued: -1), "rt_old");
        string[] chosen = ["same@x.com", "older@x.com"];
        AccountImport through = new(_fixture.Store, _time) { Proxy = AccountProxy.Parse("socks5://user:canary@127.0.0.1:2") };

        ImportReport preview = through.Preview(files, chosen);
        (ImportReport report, IReadOnlyList<Account> imported) = await through.ImportAsync(files, chosen, Stop);

        Assert.Equal((false, "Nothing to import: the accounts are here already; 2 accounts already here will go through socks5://***@127.0.0.1:2"), (preview.ChangesNothing, preview.Message));
        Assert.Equal("Nothing to import: the accounts are here already; 2 accounts already here now go through socks5://***@127.0.0.1:2", report.Message);
        foreach (ImportReport told in (ImportReport[])[preview, report])
        {
            Assert.Equal(["unchanged", "older", "unchanged"], told.Entries!.Select(entry => entry.State));
            Assert.All(told.Entries!.Take(2), entry => Assert.EndsWith("; from now on it goes through socks5://***@127.0.0.1:2", entry.Reason, StringComparison.Ordinal));
        }

        Assert.Empty(imported);
        Assert.Equal(["socks5://user:canary@127.0.0.1:2", "socks5://user:canary@127.0.0.1:2", null], _fixture.Store.Read().All.Select(account => account.Proxy?.Text));
        Assert.Equal(["rt_1", "rt_2", "rt_3"], _fixture.Store.Read().All.Select(account => account.RefreshToken));
        Assert.True(through.Preview(files, chosen).ChangesNothing);
    }

    [Theory]
    [InlineData(""" "proxy_url":{"host":"10.0.0.1"} """)]
    [InlineData(""" "proxy_url":["http://10.0.0.1:1"] """)]
    [InlineData(""" "proxy":5 """)]
    [InlineData(""" "proxy_key":"abc" """)]
    [InlineData(""" "proxy_url":"http://10.0.0.1:1","proxyURL":"http://10.0.0.2:1" """)]
    public async Task An_entry_whose_proxy_cannot_be_read_is_refused_unless_another_is_named(string member)
    {
        ImportFile[] files = [File("p", Token("p@x.com", "1"), "rt", "," + member)];
        (ImportReport report, _) = await Import.ImportAsync(files, null, Stop);

        Assert.Equal(("refused", false), (report.Entries!.Single().State, report.Success));
        Assert.StartsWith("its proxy cannot be read", report.Entries!.Single().Reason, StringComparison.Ordinal);
        Assert.Empty(_fixture.Store.Read().All);

        await new AccountImport(_fixture.Store, _time) { Proxy = AccountProxy.Parse("socks5://127.0.0.1:2") }.ImportAsync(files, null, Stop);
        Assert.Equal("socks5://127.0.0.1:2", _fixture.Store.Read().All.Single().Proxy?.Text);
    }

    [Theory]
    [InlineData("proxy-url", "http://127.0.0.1:1")]
    [InlineData("proxyURL", "http://127.0.0.1:1")]
    [InlineData("proxyUrl", "http://127.0.0.1:1")]
    [InlineData("PROXY_URL", "http://127.0.0.1:1")]
    [InlineData("proxy", "none")]
    [InlineData("proxy_url", "")]
    public async Task A_proxy_is_read_in_each_spelling(string member, string value)
    {
        await Import.ImportAsync([File("p", Token("p@x.com", "1"), "rt", $",\"{member}\":\"{value}\"")], null, Stop);

        Assert.Equal(value switch { "none" => "direct", "" => null, _ => value }, _fixture.Store.Read().All.Single().Proxy?.Text);
    }

    [Theory]
    [InlineData("""{"type":"codex","access_token":"opaque","refresh_token":"rt","account_id":"1","email":"a\u001b[2J@x.com"}""")]
    [InlineData("""{"type":"codex","access_token":"opaque","refresh_token":"rt","account_id":"1\u202e","email":"a@x.com"}""")]
    [InlineData("""{"tokens":{"access_token":"opaque","refresh_token":"rt","account_id":"1\r\n"}}""")]
    [InlineData("")]
    public async Task An_identity_with_control_characters_is_refused(string text)
    {
        if (text.Length == 0) text = $$"""{"type":"codex","access_token":"{{Token("a\\r\\u202e@x.com", "1")}}","refresh_token":"rt"}""";
        (ImportReport report, _) = await Import.ImportAsync([new ImportFile("f", Encoding.UTF8.GetBytes(text))], null, Stop);

        Assert.Equal("its e-mail address or account id holds control characters, which no real one has", report.Entries!.Single().Reason);
        Assert.Empty(_fixture.Store.Read().All);
    }

    [Fact]
    public async Task A_label_comes_along_without_what_turns_the_text_around()
    {
        await Import.ImportAsync([File("l", Token("l@x.com", "1"), "rt", ""","note":"a\u202eb\u001b[31mc\u2066" """)], null, Stop);

        Assert.Equal("ab[31mc", _fixture.Store.Read().All.Single().Label);
    }

    [Fact]
    public void More_entries_than_are_read_at_once_are_told()
    {
        string[] entries = [.. Enumerable.Range(0, 502).Select(at => $$"""{"access_token":"opaque{{at}}","refresh_token":"rt","account_id":"{{at}}","email":"{{at}}@x.com"}""")];
        string[] shapes = [$"[{string.Join(',', entries)}]", $$"""{"accounts":[{{string.Join(',', entries)}}]}""", string.Join('\n', entries)];
        foreach (string shape in shapes) Check([new ImportFile("f", Encoding.UTF8.GetBytes(shape))]);
        Check([.. entries.Chunk(400).Select(some => new ImportFile("f", Encoding.UTF8.GetBytes($"[{string.Join(',', some)}]")))]);

        MemoryStream archive = new();
        using (System.IO.Compression.ZipArchive zip = new(archive, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            for (int at = 0; at < entries.Length; at++)
            {
                using Stream entry = zip.CreateEntry($"{at}.json").Open();
                entry.Write(Encoding.UTF8.GetBytes(entries[at]));
            }
        }

        Check([new ImportFile("f", archive.ToArray())]);

        void Check(ImportFile[] files)
        {
            ImportReport preview = Import.Preview(files);
            Assert.Equal((501, "only 500 entries are read at once"), (preview.Entries!.Count, preview.Entries[500].Reason));
            Assert.Equal("500 accounts can be imported; 1 entry refused", preview.Message);
        }
    }

    [Fact]
    public async Task Two_workspaces_of_one_address_stay_two_accounts()
    {
        await Import.ImportAsync([File("a", Token("me@x.com", "home"), "rt_1"), File("b", Token("me@x.com", "team"), "rt_2")], null, Stop);

        Assert.Equal(["me@x.com:home", "me@x.com:team"], _fixture.Store.Read().All.Select(account => account.Key));
    }

    [Fact]
    public async Task Folders_files_and_standard_input_are_read_together()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_fixture.Root, "folder")).FullName;
        System.IO.File.WriteAllText(Path.Combine(folder, "b.json"), "b");
        System.IO.File.WriteAllText(Path.Combine(folder, "a.txt"), "a");
        System.IO.File.WriteAllText(Path.Combine(folder, "log.md"), "no");
        Directory.CreateDirectory(Path.Combine(folder, "inside.json"));
        if (!OperatingSystem.IsWindows()) System.IO.File.CreateSymbolicLink(Path.Combine(folder, "link.json"), Path.Combine(folder, "b.json"));
        System.IO.File.WriteAllBytes(Path.Combine(_fixture.Root, "long"), new byte[ImportReader.LongestFile]);

        IReadOnlyList<ImportFile> files = await new ImportReader(_time).ReadAsync([folder, "-", Path.Combine(_fixture.Root, "none"), Path.Combine(_fixture.Root, "long")], new StringReader("typed"), Stop);

        Assert.Equal(["a", "b", "typed", "", ""], files.Select(file => Encoding.UTF8.GetString(file.Content.Span)));
        Assert.Equal("there is no such file", files[3].Problem);
        Assert.EndsWith("is longer than 1 MB and cannot be an auth.json", files[4].Problem, StringComparison.Ordinal);
    }

    private string Token(string email, string account, double issued = 0, double days = 10) =>
        AccountFixture.Jwt(email, account, "plus", _time.GetUtcNow().AddDays(issued), _time.GetUtcNow().AddDays(days));

    private static ImportFile File(string name, string access, string? refresh, string extras = "") =>
        new(name, Encoding.UTF8.GetBytes($$"""{"type":"codex","access_token":"{{access}}","refresh_token":"{{refresh}}"{{extras}}}"""));
}
