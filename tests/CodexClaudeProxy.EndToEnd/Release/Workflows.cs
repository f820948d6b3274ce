using System.Text.Json;
using System.Text.RegularExpressions;

namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>The workflows of GitHub, which cannot run here: actionlint knows their language, the rest is what we demand of them.</summary>
public sealed partial class Workflows : IDisposable
{
    private static readonly string Folder = Path.Combine(Clients.Repository, ".github", "workflows");

    private readonly ClientHome _home = new();

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file))];

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Actionlint_finds_no_fault()
    {
        ClientResult result = await NodeAsync("workflows.mjs", Folder);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task Actionlint_finds_a_fault_where_there_is_one()
    {
        _home.Write("workflows/bad.yml", "on: push\njobs:\n  a:\n    runs-on: nowhere\n    steps:\n      - run: echo ${{ github.nothing }}\n");

        ClientResult result = await NodeAsync("workflows.mjs", Path.Combine(_home.Folder, "workflows"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("bad.yml:4:14: label \"nowhere\" is unknown", result.Output, StringComparison.Ordinal);
        Assert.Contains("bad.yml:6:", result.Output, StringComparison.Ordinal);
    }

    /// <summary>What may be changed under our hands is at least known to be so.</summary>
    [Fact]
    public async Task An_action_without_a_digest_is_listed_as_to_be_pinned()
    {
        IEnumerable<string> used = Directory.EnumerateFiles(Folder).SelectMany(File.ReadAllLines)
            .Select(line => Uses().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)
            .Where(action => !action.StartsWith("./", StringComparison.Ordinal) && !Digest().IsMatch(action));
        string guide = await File.ReadAllTextAsync(Path.Combine(Clients.Repository, "docs", "RELEASING.md"), TestContext.Current.CancellationToken);
        IEnumerable<string> listed = Listed().Matches(guide).Select(match => match.Groups[1].Value);

        Assert.Equal(used.Distinct().Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_job_may_do_more_than_it_needs(string name)
    {
        JsonElement workflow = await YamlAsync(name);
        // Whatever is not named here is denied to every job.
        Assert.DoesNotContain(Permissions(workflow), permission => permission != "contents: read");

        Dictionary<string, string[]> writers = new() { ["collect"] = ["attestations: write", "id-token: write"], ["draft"] = ["contents: write"] };
        foreach (JsonProperty job in workflow.GetProperty("jobs").EnumerateObject())
        {
            string[] written = [.. Permissions(job.Value).Where(permission => !permission.EndsWith(": read", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            Assert.Equal(name == "release.yml" ? writers.GetValueOrDefault(job.Name, []) : [], written);
            if (!job.Value.TryGetProperty("uses", out _)) Assert.InRange(job.Value.GetProperty("timeout-minutes").GetInt32(), 1, 180);
        }
    }

    /// <summary>Whoever writes a step could otherwise push with the token that checkout leaves behind.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Checkout_leaves_no_token_behind(string name)
    {
        foreach (JsonElement step in Steps(await YamlAsync(name)).Where(step => step.TryGetProperty("uses", out JsonElement uses) && uses.GetString()!.StartsWith("actions/checkout@", StringComparison.Ordinal)))
            Assert.False(step.GetProperty("with").GetProperty("persist-credentials").GetBoolean());
    }

    /// <summary>What runs is in scripts, which the other tests here run too. Values come in as variables: inside a script's text they would be code.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Steps_call_scripts_that_exist(string name)
    {
        foreach (string run in Steps(await YamlAsync(name)).Where(step => step.TryGetProperty("run", out _)).Select(step => step.GetProperty("run").GetString()!))
        {
            Assert.DoesNotContain("${{", run, StringComparison.Ordinal);
            Assert.True(run.TrimEnd().Count(c => c == '\n') < 4, $"This is too long for a workflow:\n{run}");
            foreach (Match script in ScriptPath().Matches(run)) Assert.True(File.Exists(Path.Combine(Clients.Repository, script.Value)), script.Value);
        }
    }

    [Fact]
    public async Task Every_target_of_a_release_is_built_and_every_one_for_Linux_tried_in_old_systems()
    {
        JsonElement jobs = (await YamlAsync("release.yml")).GetProperty("jobs");

        Assert.Equal(FakeRelease.Programs, Targets("build").Select(target => $"codex-claude-proxy-{target}{(target.StartsWith("win", StringComparison.Ordinal) ? ".exe" : "")}").Order(StringComparer.Ordinal));
        Assert.Equal(Targets("build").Where(target => target.StartsWith("linux", StringComparison.Ordinal)), Targets("old-systems"));

        IEnumerable<string> Targets(string job) => jobs.GetProperty(job).GetProperty("strategy").GetProperty("matrix").GetProperty("include").EnumerateArray().Select(entry => entry.GetProperty("target").GetString()!);
    }

    private static IEnumerable<JsonElement> Steps(JsonElement workflow) => workflow.GetProperty("jobs").EnumerateObject()
        .SelectMany(job => job.Value.TryGetProperty("steps", out JsonElement steps) ? steps.EnumerateArray() : []);

    private static IEnumerable<string> Permissions(JsonElement place) =>
        place.TryGetProperty("permissions", out JsonElement permissions) ? permissions.EnumerateObject().Select(permission => $"{permission.Name}: {permission.Value}") : [];

    private async Task<JsonElement> YamlAsync(string name) => JsonElement.Parse((await NodeAsync("yaml.mjs", Path.Combine(Folder, name))).Output);

    private Task<ClientResult> NodeAsync(string script, string argument) =>
        ClientProcess.RunAsync(Clients.Node, [Path.Combine(Clients.Folder, "scripts", script), argument], _home, [], TestContext.Current.CancellationToken);

    [GeneratedRegex(@"^\s*(?:- )?uses:\s*(\S+)")]
    private static partial Regex Uses();

    [GeneratedRegex("@[0-9a-f]{40}$")]
    private static partial Regex Digest();

    /// <summary>A row of the guide's table.</summary>
    [GeneratedRegex(@"^\| `([^`@]+@[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"scripts/[\w/.-]+\.(?:sh|mjs)")]
    private static partial Regex ScriptPath();
}
