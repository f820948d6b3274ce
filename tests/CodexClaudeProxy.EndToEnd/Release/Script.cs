namespace CodexClaudeProxy.EndToEnd.Release;

/// <summary>Runs a script of the project as a machine that makes a release does: with bash, and without anything of our environment.</summary>
internal static class Script
{
    /// <param name="script">Its path in the project.</param>
    /// <param name="variables">Beside <c>PATH</c>; a <c>PATH</c> among them comes first.</param>
    public static Task<ClientResult> RunAsync(ClientHome home, string script, string[] arguments, params (string Name, string Value)[] variables) =>
        RunFileAsync(home, Path.Combine(Clients.Repository, script), arguments, variables);

    public static Task<ClientResult> RunFileAsync(ClientHome home, string file, string[] arguments, params (string Name, string Value)[] variables)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "these scripts are for Linux and macOS");
        Dictionary<string, string> environment = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        string[] path = [environment.GetValueOrDefault("PATH", ""), Path.GetDirectoryName(Clients.Node)!, Environment.GetEnvironmentVariable("PATH")!];
        environment["PATH"] = string.Join(':', path.Where(folder => folder.Length > 0));
        // Packing takes long where many tests run at once.
        return ClientProcess.RunAsync("bash", [file, .. arguments], home, environment, TestContext.Current.CancellationToken, limit: TimeSpan.FromMinutes(10));
    }

    /// <summary>Runs one that must end well.</summary>
    public static async Task<string> OutputAsync(ClientHome home, string script, string[] arguments, params (string Name, string Value)[] variables)
    {
        ClientResult result = await RunAsync(home, script, arguments, variables);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    /// <summary>Puts a program into the folder <c>bin</c> of a home, to stand for a real one.</summary>
    /// <returns>That folder.</returns>
    public static string Pretend(ClientHome home, string name, string text)
    {
        string file = home.Write($"bin/{name}", text);
        MakeExecutable(file);
        return Path.GetDirectoryName(file)!;
    }

    public static bool IsInstalled(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    public static void MakeExecutable(string file)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
