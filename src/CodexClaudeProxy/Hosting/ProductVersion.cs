using System.Reflection;

namespace CodexClaudeProxy.Hosting;

internal static class ProductVersion
{
    public const string Name = "codex-claude-proxy";

    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
