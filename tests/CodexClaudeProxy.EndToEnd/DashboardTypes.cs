namespace CodexClaudeProxy.EndToEnd;

/// <summary>The page's code in the eyes of TypeScript: what it reads of an answer is in the API reference, so a renamed member is found before a person does.</summary>
public sealed class DashboardTypes
{
    [Fact]
    public async Task What_the_page_reads_is_in_the_reference()
    {
        ClientResult result = await CheckAsync(Path.Combine(Clients.Repository, "src", "CodexClaudeProxy", "Dashboard", "wwwroot"));

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task A_member_that_the_reference_does_not_name_is_found()
    {
        using ClientHome home = new();
        string lib = Directory.CreateDirectory(Path.Combine(home.Folder, "lib")).FullName;
        await File.WriteAllTextAsync(Path.Combine(lib, "ui.js"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(lib, "page.js"), "/** @type {import('./answers').PoolReport} */\nlet pool;\nconsole.log(pool.strategy, pool.accounts[0].emial);\n", TestContext.Current.CancellationToken);

        ClientResult result = await CheckAsync(home.Folder);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("lib/page.js(3,45)", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("strategy", result.Output, StringComparison.Ordinal);
    }

    private static async Task<ClientResult> CheckAsync(string page)
    {
        using ClientHome home = new();
        string script = Path.Combine(Clients.Folder, "scripts", "page-types", "check.mjs");
        return await ClientProcess.RunAsync(Clients.Node, [script, page, Path.Combine(Clients.Repository, "docs", "openapi.json")], home, [], TestContext.Current.CancellationToken);
    }
}
