using System.Text.Json;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Tests.Turns;

namespace CodexClaudeProxy.Tests.ClaudeCode;

public sealed class StatusLineTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private const string Pool = """
        {"activeAccount":"a","accounts":[
          {"id":"a","email":"a@x.com","label":null,"state":"ready","windows":[
            {"name":"7d","model":null,"windowSeconds":604800,"leftPercent":75.9,"resetsAt":"2026-11-29T12:00:00.000Z"},
            {"name":"5h","model":null,"windowSeconds":18000,"leftPercent":88.1,"resetsAt":"2026-11-25T13:30:00.000Z"},
            {"name":"7d","model":"gpt-mini","windowSeconds":604800,"leftPercent":1,"resetsAt":null}]},
          {"id":"b","email":"b@x.com","label":"work","state":"exhausted","stateUntil":"2026-11-25T12:40:00.000Z","windows":[
            {"name":"5h","model":null,"windowSeconds":18000,"leftPercent":3,"resetsAt":"2026-11-25T12:40:00.000Z"}]}],
         "next":[{"model":"gpt-6","account":"a"}]}
        """;

    private readonly ClaudeShell _shell = new();

    [Fact]
    public void The_account_that_would_serve_its_windows_the_model_and_the_cache_are_told() =>
        Assert.Equal(
            "a…@x.com · 5h 88% remaining · 7d 75% remaining, resets in 4d 0h · GPT 6 · cache 75%",
            Line("""{"session_id":"s","model":{"id":"gpt-6","display_name":"GPT 6"},"context_window":{"current_usage":{"input_tokens":20,"cache_creation_input_tokens":5,"cache_read_input_tokens":75}}}""", Pool, null));

    [Fact]
    public void The_account_that_served_the_session_and_its_cache_win() =>
        Assert.Equal(
            "work · used up for 40m · 5h 3% remaining, resets in 40m · gpt-6 · cache 90%",
            Line("""{"model":{"id":"gpt-6"}}""", Pool, """{"requests":[{"account":null,"tokens":null},{"account":"b","tokens":{"fresh":5,"cached":90,"written":0}},{"account":"a","tokens":{"fresh":5,"cached":0}}]}"""));

    [Fact]
    public void Little_left_is_coloured_if_colours_are_wanted() =>
        Assert.Equal("work · \e[31mused up for 40m\e[0m · \e[31m5h 3% remaining, resets in 40m\e[0m", Line("{}", Pool, """{"requests":[{"account":"b"}]}""", coloured: true));

    [Theory]
    [InlineData("{}", null, "proxy not running")]
    [InlineData("not json", "{}", "no account signed in")]
    [InlineData("[1]", """{"accounts":7,"next":{},"activeAccount":[]}""", "no account signed in")]
    [InlineData("""{"model":"x","session_id":5}""", """{"accounts":[{"id":"a","windows":[{"leftPercent":"x"}]}],"activeAccount":"a"}""", "a")]
    public void Whatever_is_missing_is_left_out(string input, string? pool, string line) => Assert.Equal(line, Line(input, pool, null));

    [Fact]
    public async Task The_running_proxy_is_asked_under_Claude_Codes_own_variables()
    {
        await using RunningProxy proxy = await RunningProxy.StartAsync();
        _shell.Variables["ANTHROPIC_BASE_URL"] = proxy.Client.BaseAddress!.ToString();
        // The first answer may wait for the list of models.
        await proxy.GetJsonAsync("/api/pool?model=gpt-5.5");

        Assert.Equal(0, await _shell.RunWithInputAsync("""{"session_id":"s","model":{"id":"gpt-5.5"}}""", "statusline"));

        Assert.StartsWith($"{proxy.Users[0].Email[0]}…@", _shell.Output, StringComparison.Ordinal);
        Assert.EndsWith("gpt-5.5\n", _shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_goes_wrong_is_an_error()
    {
        _shell.Variables["ANTHROPIC_BASE_URL"] = "http://127.0.0.1:9";
        Assert.Equal(0, await _shell.RunWithInputAsync("garbage", "statusline"));
        Assert.Equal(("proxy not running\n", ""), (_shell.Output, _shell.Errors));

        _shell.Variables["ANTHROPIC_BASE_URL"] = "no address";
        Assert.Equal(0, await _shell.RunAsync("statusline"));
        Assert.Equal(("proxy not running\n", ""), (_shell.Output, _shell.Errors));
    }

    [Fact]
    public async Task It_is_put_into_Claude_Codes_settings_and_out_again_but_not_over_another_one()
    {
        const string other = "{\n  \"statusLine\": {\n    \"type\": \"command\",\n    \"command\": \"mine\"\n  }\n}\n";
        _shell.Write(other);

        Assert.Equal(1, await _shell.RunAsync("statusline", "--install"));
        Assert.Equal(other, _shell.Read());

        Assert.Equal(0, await _shell.RunAsync("statusline", "--install", "--force"));
        Assert.DoesNotContain("mine", _shell.Read(), StringComparison.Ordinal);
        // This test's own program is not called codex-claude-proxy, so the settings are told that they belong to it.
        await _shell.RunAsync("claude", "config", "restore");
        Assert.Equal(other, _shell.Read());

        _shell.Write("{}");
        Assert.Equal(0, await _shell.RunAsync("statusline", "--install"));
        using JsonDocument settings = JsonDocument.Parse(_shell.Read());
        Assert.EndsWith(" statusline", settings.RootElement.GetProperty("statusLine").GetProperty("command").GetString(), StringComparison.Ordinal);
    }

    public void Dispose() => _shell.Dispose();

    private static string Line(string input, string? pool, string? requests, bool coloured = false) =>
        new StatusLine(StatusInput.Read(input), new LocalAnswers(pool is null ? null : JsonDocument.Parse(pool), requests is null ? null : JsonDocument.Parse(requests)), Now) { IsColoured = coloured }.ToString();
}
