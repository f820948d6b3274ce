namespace CodexClaudeProxy.Hosting;

/// <summary>Whether this process belongs to a terminal, wherever its output goes.</summary>
internal static class Terminals
{
    public static bool HasOne
    {
        get
        {
            if (OperatingSystem.IsWindows()) return true;
            try
            {
                using FileStream terminal = File.OpenRead("/dev/tty");
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }
}
