namespace CodexClaudeProxy.EndToEnd;

/// <summary>What a test needs of the machine. A machine for tests (<c>CI=true</c>) has everything; elsewhere a test that cannot run is skipped.</summary>
internal static class Needs
{
    /// <param name="obstacle">Why the test cannot run here; null if it can.</param>
    public static void Nothing(string? obstacle)
    {
        if (obstacle is null) return;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(obstacle);
        Assert.Skip(obstacle);
    }

    /// <summary>A file or directory that was made before the tests.</summary>
    public static string Path(string variable, string what)
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        Nothing(string.IsNullOrEmpty(path) ? $"{variable} does not name {what}" : System.IO.Path.Exists(path) ? null : $"{variable} names {path}, which is not there");
        return path!;
    }
}
