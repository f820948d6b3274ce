using System.Runtime.InteropServices;

namespace CodexClaudeProxy.CommandLine;

/// <summary>The terminal of Git Bash. It gives programs pipes in the place of a console, which are known by their names only.</summary>
internal static partial class Mintty
{
    public const int Input = -10;
    public const int Error = -12;

    private const int FileNameInfo = 2;

    /// <param name="stream">Windows' number of a standard stream.</param>
    public static unsafe bool Has(int stream)
    {
        if (!OperatingSystem.IsWindows()) return false;
        // The length in bytes, then the name in UTF-16.
        byte* info = stackalloc byte[4 + (2 * 512)];
        return GetFileInformation(GetStandardHandle(stream), FileNameInfo, info, 4 + (2 * 512)) != 0 && IsTerminalName(new string((char*)(info + 4), 0, *(int*)info / 2));
    }

    /// <summary>For instance <c>\msys-dd50a72ab4668b33-pty0-from-master</c>.</summary>
    internal static bool IsTerminalName(string pipe)
    {
        string[] parts = pipe.TrimStart('\\').Split('-');
        return parts is ["msys" or "cygwin", _, ['p', 't', 'y', .. var number], "from" or "to", "master"] && number.Length > 0 && number.All(char.IsAsciiDigit);
    }

    [LibraryImport("kernel32", EntryPoint = "GetStdHandle")]
    private static partial nint GetStandardHandle(int stream);

    [LibraryImport("kernel32", EntryPoint = "GetFileInformationByHandleEx")]
    private static unsafe partial int GetFileInformation(nint handle, int kind, byte* info, int length);
}
