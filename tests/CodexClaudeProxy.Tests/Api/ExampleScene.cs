using System.Text;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Scripts.Api;
using CodexClaudeProxy.Tests.Turns;
using CodexClaudeProxy.Upstream;
using FakeCodex;
using Microsoft.Extensions.Time.Testing;
using Reply = FakeCodex.Reply;

namespace CodexClaudeProxy.Tests.Api;

/// <summary>The program that the examples are tried on: two accounts, Claude Code and the Codex CLI beside it, and one request behind it.</summary>
internal sealed class ExampleScene : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly Dictionary<string, string> _variables = [];
    private readonly List<(string Text, string Words)> _keys = [];
    private RunningProxy _proxy = null!;
    private string _folder = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ExampleScene> StartAsync()
    {
        ExampleScene scene = new();
        scene._proxy = await RunningProxy.StartAsync(
            accounts: 2, scene._time, configure: static options => options with { LoginPorts = [0] }, around: (host, folder) =>
            {
                scene._folder = folder;
                return Around(host, folder);
            });
        scene._proxy.Backend.Usage = static _ => Reply.Json(200, """
            {"plan_type":"plus","rate_limit":{"allowed":true,"limit_reached":false,
              "primary_window":{"used_percent":23,"limit_window_seconds":18000,"reset_after_seconds":10800,"reset_at":1795618800},
              "secondary_window":{"used_percent":41,"limit_window_seconds":604800,"reset_after_seconds":172800,"reset_at":1795780800}},
             "credits":{"has_credits":false,"unlimited":false,"balance":"0"}}
            """);
        Directory.CreateDirectory(Path.Combine(scene._folder, "codex"));
        await File.WriteAllTextAsync(Path.Combine(scene._folder, "codex", "auth.json"), scene._proxy.Tokens[0].ToAuthJson(Now), Stop);
        await scene.LookBackAsync();
        return scene;
    }

    private static Surroundings Around(HostParts host, string folder)
    {
        var codex = new CodexHome(Path.Combine(folder, "codex"));
        var claude = new ClaudeHome(Path.Combine(folder, "claude"), SearchPath: folder);
        Directory.CreateDirectory(Path.GetDirectoryName(claude.SettingsFile)!);
        File.WriteAllText(claude.SettingsFile, """
            {
              "env": {
                "EDITOR": "vim"
              }
            }
            """.ReplaceLineEndings("\n"));
        return new Surroundings(host.Own(Egress.Create(static _ => null)), codex, claude) { Variable = static _ => null };
    }

    /// <summary>One request has been answered, and its bodies were captured.</summary>
    private async Task LookBackAsync()
    {
        (await _proxy.PostAsync("""{"minutes":5}""", "/api/capture")).Dispose();
        QueueAnswer();
        using (HttpResponseMessage answer = await _proxy.PostAsync("""{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}"""))
        {
            _variables["REQUEST"] = answer.Headers.GetValues("request-id").Single();
            await answer.Content.ReadAsStringAsync(Stop);
        }

        await _proxy.ListedAsync(1);
        // A request counts for the time before now.
        _time.Advance(TimeSpan.FromMinutes(1));
    }

    private void QueueAnswer() => _proxy.Backend.Answer(Reply.Text("Hello! How can I help you?").WithQuota(new Quota(24, Now.AddHours(3)), new Quota(41, Now.AddDays(2))));

    /// <summary>What a command gets; <c>Body</c> as it came, and JSON where it is that.</summary>
    public async Task<(int Status, string MediaType, string Body)> RunAsync(string command)
    {
        if (command.Contains("/v1/", StringComparison.Ordinal)) QueueAnswer();
        using HttpRequestMessage request = Curl.Read(command, _variables);
        using HttpResponseMessage response = await _proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        string mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
        string body = mediaType == "text/event-stream" ? await FirstEventAsync(response) : await response.Content.ReadAsStringAsync(Stop);
        Remember(body, mediaType);
        return ((int)response.StatusCode, mediaType, body);
    }

    /// <summary>The values that later commands name, such as <c>$LOGIN</c>.</summary>
    private void Remember(string body, string mediaType)
    {
        if (mediaType != "application/json" || JsonNode.Parse(body) is not JsonObject told) return;
        if (told["login"] is { } login) _variables["LOGIN"] = (string)login!;
        if (told["client"] is JsonObject { } client && (string?)client["id"] is { } id && (string?)told["key"] is { } key)
        {
            _variables["KEY"] = id;
            _keys.Add((key, "ccp_…"));
            _keys.Add(((string)client["start"]!, "ccp_ab12"));
        }

        if ((string?)(told["object"] as JsonValue) == "response") _variables["RESPONSE"] = (string)told["id"]!;
    }

    private static async Task<string> FirstEventAsync(HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(Stop) is { } line)
        {
            if (line.Length == 0 && text.Length > 0) break;
            if (!line.StartsWith(':')) text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What differs from one run or machine to the next, and the words for it.</summary>
    public IEnumerable<(string Text, string Words)> Masks =>
    [
        .. _keys,
        .. _variables.Select(variable => (variable.Value, $"${variable.Key}")),
        (_proxy.Client.BaseAddress!.ToString().TrimEnd('/'), Curl.Origin),
        (_proxy.Backend.Origin, "https://auth.openai.com"),
        (_proxy.DataDirectory, "/home/you/.codex-claude-proxy"),
        (_folder, "/home/you"),
    ];

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();
}
