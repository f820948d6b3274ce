using System.Text.Json.Nodes;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Tests.Turns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Keys;

/// <summary>The commands on keys, beside a running proxy and without one.</summary>
public sealed class KeysCommandTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-keys-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly Dictionary<string, string> _variables = [];
    private StringWriter _output = new();
    private StringWriter _error = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_key_from_its_beginning_to_its_end()
    {
        Assert.Equal((0, "There are no keys for clients. Add one with: codex-claude-proxy keys add NAME"), await RunAsync("keys"));

        (int code, string key) = await RunAsync("keys", "add", "laptop", "--models", "gpt-5.5*, claude-*", "--daily-tokens", "2000000", "--expires", "30d");
        Assert.Equal(0, code);
        Assert.Matches("^ccp_[A-Za-z0-9]{43}$", key);
        Assert.Contains("It is shown this once.", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("From now on every client must present a key", _error.ToString(), StringComparison.Ordinal);
        ClientKey kept = Kept().Single();
        Assert.Equal(("laptop", "gpt-5.5*|claude-*", _time.GetUtcNow().AddDays(30)), (kept.Name, string.Join('|', kept.Models!), kept.Expires));
        Assert.Equal([new KeyLimit("total_tokens", "daily", 2_000_000)], kept.Limits!);

        Assert.Equal(0, (await RunAsync("keys", "set", "laptop", "--name", "desk", "--daily-tokens", "5", "--limit", "requests/5h/gpt-5.5=3", "--monthly-cost", "1.5", "--models", "all", "--expires", "2027-01-31")).Code);
        kept = Kept().Single();
        Assert.Equal(("desk", null, new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero)), (kept.Name, kept.Models, kept.Expires));
        Assert.Equal([new("total_tokens", "daily", 5), new("cost_usd", "monthly", 1.5), new("requests", "5h", 3, "gpt-5.5")], kept.Limits!);

        Assert.Equal(0, (await RunAsync("keys", "set", "DESK", "--no-limits", "--expires", "never")).Code);
        Assert.Equal((null, null), (Kept().Single().Limits, Kept().Single().Expires));

        (_, string list) = await RunAsync("keys", "list");
        Assert.Contains("desk", list, StringComparison.Ordinal);
        Assert.Contains(key[..8] + "…", list, StringComparison.Ordinal);
        Assert.DoesNotContain(key, list, StringComparison.Ordinal);
        JsonObject json = JsonNode.Parse((await RunAsync("keys", "list", "--json")).Output)!.AsObject();
        Assert.Equal((true, false, "desk", 0), ((bool)json["required"]!, (bool)json["ownersKey"]!, (string)json["keys"]![0]!["name"]!, (int)json["keys"]![0]!["tokensToday"]!));

        string file = Path.Combine(_directory.FullName, "new", "key");
        Assert.Equal(0, (await RunAsync("keys", "renew", "desk", "--file", file)).Code);
        string renewed = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
        Assert.Equal((KeyText.Hash(renewed), false), (Kept().Single().Hash, renewed == key));
        Assert.Equal(2, (await RunAsync("keys", "renew", "desk", "--file", file)).Code);
        Assert.Equal(KeyText.Hash(renewed), Kept().Single().Hash);

        Assert.Equal((0, "The key 'desk' was revoked"), await RunAsync("keys", "remove", "desk"));
        Assert.Contains("It was the last key", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Kept());
    }

    [Theory]
    [InlineData(2, "--limit must be such as", "add", "x", "--limit", "tokens=5")]
    [InlineData(2, "--daily-tokens: maximum must be a number above 0", "add", "x", "--daily-tokens", "0")]
    [InlineData(2, "--expires must be", "add", "x", "--expires", "2020-01-01")]
    [InlineData(2, "--expires must be", "add", "x", "--expires", "soon")]
    [InlineData(1, "models must be a list", "add", "x", "--models", "gpt 5.5")]
    [InlineData(1, "There is already a key named 'there'", "add", "There")]
    [InlineData(1, "There is no key named nobody", "set", "nobody", "--name", "x")]
    [InlineData(1, "There is no key named nobody", "renew", "nobody")]
    [InlineData(1, "There is no key named nobody", "revoke", "nobody")]
    public async Task What_cannot_be_is_said_and_nothing_is_changed(int code, string told, params string[] arguments)
    {
        await RunAsync("keys", "add", "there");
        string[] before = [.. Kept().Select(static key => key.Hash)];

        Assert.Equal(code, (await RunAsync(["keys", .. arguments])).Code);

        Assert.Contains(told.Replace("'there'", "'There'", StringComparison.Ordinal), _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Kept().Select(static key => key.Hash));
    }

    [Fact]
    public async Task A_running_proxy_takes_a_new_key_and_refuses_a_revoked_one_at_once()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        _variables["CCP_DATA_DIR"] = proxy.DataDirectory;
        (_, string key) = await RunAsync("keys", "add", "laptop");

        Assert.Equal((200, 401), (await AskAsync(key), await AskAsync("dummy")));
        await RunAsync("keys", "revoke", "laptop");
        await RunAsync("keys", "add", "other");
        Assert.Equal(401, await AskAsync(key));

        async Task<int> AskAsync(string presented)
        {
            using HttpResponseMessage answer = await KeyGateTests.SendAsync(proxy, HttpMethod.Get, "/v1/models", null, ("x-api-key", presented));
            return (int)answer.StatusCode;
        }
    }

    private IReadOnlyList<ClientKey> Kept()
    {
        using ClientKeys keys = new(_directory.FullName, _time, NullLogger.Instance);
        return keys.Read().All;
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        (_output, _error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(TextReader.Null, _output, _error, name => _variables.GetValueOrDefault(name) ?? (name == "CCP_DATA_DIR" ? _directory.FullName : null)) { Time = _time };
        int code = await Commands.RunAsync(arguments, terminal, TestContext.Current.CancellationToken);
        return (code, _output.ToString().Trim());
    }
}
