using System.Reflection;
using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Hosting;

internal static class ProductVersion
{
    public const string Name = "codex-claude-proxy";

    /// <summary>Enough of a commit to find it by.</summary>
    private const int CommitLength = 8;

    private static readonly string[] Told =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+', 2);

    public static string Text => Told[0];

    /// <summary>The commit it was built from; null where the source was in no repository.</summary>
    public static string? Commit => Told is [_, { Length: >= CommitLength } commit] ? commit[..CommitLength] : null;

    /// <summary>What it was built for, such as <c>linux-x64-static</c>: the end of the name it has among the files of a release.</summary>
    public static string Target { get; } = AppContext.GetData("CodexClaudeProxy.Target") as string ?? RuntimeInformation.RuntimeIdentifier;

    /// <summary>The page of the project, where the build was told one.</summary>
    public static string? ProjectUrl { get; } = AppContext.GetData("CodexClaudeProxy.ProjectUrl") as string;

    public static BuildIdentity Identity => new(Name, Text, Commit, Target);
}

/// <summary>Which build of the program this is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Commit">The beginning of the commit it was built from; null where the source was in no repository.</param>
/// <param name="Target">What it was built for, such as <c>linux-x64</c>, with <c>-static</c> when it needs no library.</param>
internal sealed record BuildIdentity(string Name, string Version, string? Commit, string Target)
{
    public override string ToString() => $"{Name} {Version} ({(Commit is null ? "" : Commit + ", ")}{Target})";
}
