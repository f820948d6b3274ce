using System.Runtime.InteropServices;

namespace CodexClaudeProxy.Service;

/// <summary>The number of the user this process belongs to; 0 on Windows.</summary>
internal static partial class UserId
{
    public static int Own() => OperatingSystem.IsWindows() ? 0 : Effective();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial int Effective();
}
