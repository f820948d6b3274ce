namespace CodexClaudeProxy.EndToEnd;

/// <summary>Runs one case of a script in <c>tests/clients/scripts/dashboard</c>: real Chromium on the page of a demo of its own, or of another program.</summary>
internal static class Browser
{
    /// <summary>Where the pictures are kept, for people to look at.</summary>
    public static string Pictures { get; } = Path.Combine(Clients.Repository, "artifacts", "dashboard-pictures");

    private static string Chromium => Environment.GetEnvironmentVariable("CCP_CHROMIUM") is { Length: > 0 } given
        ? given
        : new[] { "chromium", "chromium-browser", "google-chrome", "google-chrome-stable" }
            .SelectMany(static name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("No Chromium on the PATH: run scripts/setup.sh test, or name one in CCP_CHROMIUM.");

    /// <param name="script">The script's name, without its ending.</param>
    /// <param name="demoArguments">More arguments for the demo, such as an access key.</param>
    public static async Task RunAsync(string script, string name, params string[] demoArguments)
    {
        await using DemoProxy proxy = await DemoProxy.StartAsync(["--fresh", .. demoArguments]);
        await RunOnAsync(proxy.Url, script, name);
    }

    /// <summary>The same on a demo with a month behind it: six accounts and some thousand requests.</summary>
    public static async Task RunOnPastAsync(string script, string name)
    {
        await using DemoProxy proxy = await DemoProxy.StartAsync();
        await RunOnAsync(proxy.Url, script, name);
    }

    /// <summary>The same on a program that runs already.</summary>
    public static async Task RunOnAsync(string url, string script, string name)
    {
        using ClientHome home = new();
        string runner = Path.Combine(Clients.Folder, "scripts", "dashboard", "run.mjs");
        ClientResult result = await ClientProcess.RunAsync(
            Clients.Node, [runner, script, name, url, Pictures], home,
            new()
            {
                ["CCP_CHROMIUM"] = Chromium,
                ["CCP_BROWSER"] = await SharedChromium.AddressAsync(Chromium),
                ["CCP_ALL_VIEWS"] = Environment.GetEnvironmentVariable("CCP_ALL_VIEWS") ?? "",
            }, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
