using System.IO.Compression;
using System.Text;
using CodexClaudeProxy.Accounts.Imports;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>Files of other programs, made up after their documented shapes.</summary>
public sealed class ForeignFormatsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static readonly string A = Token("a@example.com", "acc-a");
    private static readonly string B = Token("b@example.com", "acc-b");

    [Fact]
    public void The_Codex_CLIs_file()
    {
        FoundAccount found = Single($$$"""{"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"id_token":"{{{A}}}","access_token":"{{{A}}}","refresh_token":"rt_1","account_id":"acc-a"},"last_refresh":"2026-11-20T08:00:00Z"}""");

        Assert.Equal(("Codex CLI", "a@example.com:acc-a", "rt_1"), (found.Tool, found.Key, found.Tokens!.RefreshToken));
    }

    [Fact]
    public void CLIProxyAPIs_file_with_its_settings()
    {
        FoundAccount found = Single($$$"""
            {"type":"codex","email":"other@example.com","account_id":"other","access_token":"{{{A}}}","refresh_token":"rt_1","id_token":"{{{A}}}","disabled":true,"priority":2,
             "note":"home","proxy_url":"socks5://127.0.0.1:1080","excluded-models":["gpt-6-*"],"headers":{"x":"y"},"cookies":"c"}
            """);

        // Who it is, the token says; what stands beside it may be of another account.
        Assert.Equal(("CLIProxyAPI", "a@example.com:acc-a"), (found.Tool, found.Key));
        Assert.Equal(("home", false, -2, "socks5://127.0.0.1:1080"), (found.Label, found.Enabled, found.Priority, found.Proxy?.Text));
        Assert.Equal(["gpt-6-*"], found.ExcludedModels);
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("claude")]
    public void CLIProxyAPIs_file_of_another_provider_is_refused(string type) =>
        Assert.Equal($"it is no ChatGPT sign-in, but one of {type}", Single($$"""{"type":"{{type}}","access_token":"x","refresh_token":"y"}""").Problem);

    [Fact]
    public void A_list_of_token_exports() =>
        Assert.Equal(["a@example.com:acc-a", "b@example.com:acc-b"], Read($$"""[{"access_token":"{{A}}","refresh_token":"rt_1"},{"type":"codex","access_token":"{{B}}"}]""").Select(found => found.Key));

    [Fact]
    public void Opencodes_file()
    {
        FoundAccount found = Single($$$"""{"openai":{"type":"oauth","refresh":"rt_1","access":"{{{A}}}","expires":1796000000000,"accountId":"acc-a"},"anthropic":{"type":"oauth"}}""");

        Assert.Equal(("opencode", "a@example.com:acc-a", "rt_1"), (found.Tool, found.Key, found.Tokens!.RefreshToken));
        // The file's own end does not count where the access token tells it.
        Assert.Equal(Now.AddDays(10), found.Tokens.ExpiresAt);
    }

    [Theory]
    [InlineData("""{"openai":{"accounts":[X]}}""")]
    [InlineData("""{"openai":{"native":{"accounts":[X]}}}""")]
    [InlineData("""{"openai":{"codex":{"accounts":[X]}}}""")]
    [InlineData("""{"accounts":[X]}""")]
    public void Files_of_opencodes_plugins_with_several_accounts(string shape) => Assert.Equal(
        [("opencode", "a@example.com:acc-a", true), ("opencode", "b@example.com:acc-b", false)],
        Read(shape.Replace("X", $$"""{"access":"{{A}}","refresh":"rt_1"},{"access":"{{B}}","refresh":"rt_2","enabled":false}""", StringComparison.Ordinal)).Select(found => (found.Tool, found.Key, found.Enabled)));

    [Fact]
    public void An_api_key_of_opencode_is_refused() =>
        Assert.Equal("opencode is signed in to OpenAI with an API key, not with ChatGPT", Single("""{"openai":{"type":"api","key":"sk-canary"}}""").Problem);

    [Fact]
    public void Sub2apis_export()
    {
        FoundAccount[] found = Read($$$"""
            {"type":"sub2api-data","version":1,"proxies":[],"accounts":[
              {"name":"team","platform":"openai","type":"oauth","credentials":{"access_token":"{{{A}}}","refresh_token":"rt_1","email":"x@example.com","expires_at":"2026-11-30T08:00:00Z"}},
              {"name":"c","platform":"anthropic","type":"oauth","credentials":{"access_token":"x"}}]}
            """);

        Assert.Equal(("sub2api", "a@example.com:acc-a", "team"), (found[0].Tool, found[0].Key, found[0].Label));
        Assert.Equal("it is no ChatGPT sign-in, but anthropic with oauth", found[1].Problem);
    }

    [Fact]
    public void Codex_proxys_full_and_minimal_export()
    {
        FoundAccount[] found = Read($$"""{"accounts":[{"token":"{{A}}","refreshToken":"rt_1","label":"work"},{"refreshToken":"rt_2","label":"home"}]}""");

        Assert.Equal(("codex-proxy", "a@example.com:acc-a", "work"), (found[0].Tool, found[0].Key, found[0].Label));
        Assert.StartsWith("it holds a refresh token only", found[1].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("codexAuthJson", false)]
    [InlineData("codexAuthJson", true)]
    [InlineData("opencodeAuthJson", false)]
    public void Codex_lbs_export(string member, bool asText)
    {
        string form = member == "codexAuthJson" ? $$$"""{"tokens":{"access_token":"{{{A}}}","refresh_token":"rt_1","account_id":"acc-a"}}""" : $$$"""{"openai":{"type":"oauth","access":"{{{A}}}","refresh":"rt_1"}}""";
        if (asText) form = $"\"{System.Text.Json.JsonEncodedText.Encode(form)}\"";

        FoundAccount found = Single($$$"""{"{{{member}}}":{{{form}}},"tokens":{"accessToken":"x"}}""");

        Assert.Equal(("codex-lb", "a@example.com:acc-a"), (found.Tool, found.Key));
    }

    [Fact]
    public void An_account_file_of_this_program() => Assert.Equal(
        ("codex-claude-proxy", "a@example.com:acc-a", 3),
        Read($$"""{"accounts":[{"email":"a@example.com","accountId":"acc-a","accessToken":"{{A}}","refreshToken":"rt_1","priority":3}],"activeAccount":"a@example.com"}""").Select(found => (found.Tool!, found.Key, found.Priority)).Single());

    [Fact]
    public void Lines_of_tokens_and_objects()
    {
        FoundAccount[] found = Read($$"""
            # mine
            {{A}}
            {"access_token":"{{B}}"}
            rt_only
            nonsense
            """);

        Assert.Equal(["a@example.com:acc-a", "b@example.com:acc-b"], found[..2].Select(one => one.Key));
        Assert.Equal("the line holds no token", found[3].Problem);
    }

    [Theory]
    [InlineData("{", "it is not valid JSON")]
    [InlineData("[\n1,\n", "it is not valid JSON")]
    [InlineData("", "it holds no account")]
    [InlineData("[]", "it holds no account")]
    [InlineData("{}", "it has no format that is known here")]
    [InlineData("\"text\"", "it has no format that is known here")]
    [InlineData("hello\nworld", "it has no format that is known here")]
    [InlineData("""{"tokens":{}}""", "it holds no tokens of a ChatGPT sign-in")]
    [InlineData("""{"OPENAI_API_KEY":"sk-canary"}""", "Codex is signed in with an API key. Sign in with ChatGPT (codex login) and import again")]
    [InlineData("""{"access_token":"at-secret"}""", "it holds a personal access token, which this proxy does not support. Sign in here: codex-claude-proxy login")]
    [InlineData("""{"access_token":"opaque"}""", "its access token does not tell whose it is")]
    [InlineData("""{"accounts":[7]}""", "it holds no tokens")]
    [InlineData("PK\u0003\u0004 damaged", "the archive is damaged, or encrypted")]
    public void What_cannot_be_imported_says_why_without_secrets(string content, string problem)
    {
        FoundAccount found = Single(content);

        Assert.Equal(problem, found.Problem);
        Assert.DoesNotContain("canary", found.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_PowerShell_redirects_is_UTF_16()
    {
        string json = $$"""{"type":"codex","access_token":"{{A}}"}""";

        Assert.Equal("a@example.com:acc-a", ForeignFormats.Read(new ImportFile("x", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(json)).ToArray())).Single().Key);
        Assert.Equal("a@example.com:acc-a", ForeignFormats.Read(new ImportFile("x", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(A + "\r\n")).ToArray())).Single().Key);
    }

    [Fact]
    public void An_archive_of_files()
    {
        using MemoryStream inner = new(), outer = new();
        Zip(inner, ("x.json", "{}"u8.ToArray()));
        Zip(outer, ("../../a.json", Encoding.UTF8.GetBytes($$"""{"access_token":"{{A}}"}""")), ("inner.zip", inner.ToArray()), ("huge.json", new byte[ImportReader.LongestFile + 1]), ("b.txt", Encoding.UTF8.GetBytes(B)));

        FoundAccount[] found = [.. ForeignFormats.Read(new ImportFile("all.zip", outer.ToArray()))];

        Assert.Equal(["a@example.com:acc-a", "b@example.com:acc-b"], found.Where(one => one.Tokens is not null).Select(one => one.Key));
        Assert.Equal(["all.zip: a.json", "all.zip: inner.zip", "all.zip: huge.json", "all.zip: b.txt"], found.Select(one => one.File));
        Assert.Equal("an archive inside another is not opened", found[1].Problem);
        Assert.StartsWith("it is longer than 1 MB", found[2].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_entries_are_cut_off() => Assert.Equal(ForeignFormats.MostEntries + 1, Read($"[{string.Join(',', Enumerable.Repeat("{}", 100_000))}]").Length);

    private static void Zip(Stream target, params (string Name, byte[] Content)[] entries)
    {
        using ZipArchive zip = new(target, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }
    }

    private static FoundAccount Single(string content) => Assert.Single(Read(content));

    private static FoundAccount[] Read(string content) => [.. ForeignFormats.Read(new ImportFile("file.json", Encoding.UTF8.GetBytes(content)))];

    private static string Token(string email, string account) => AccountFixture.Jwt(email, account, "plus", Now, Now.AddDays(10));
}
