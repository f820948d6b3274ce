using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace CodexClaudeProxy.Doctor;

/// <summary>Who may look into a directory.</summary>
internal static class DirectoryAccess
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The system itself, administrators, who created it, and the rights of owners: none of them is kept out anyway.</summary>
    private static readonly HashSet<string> Harmless = ["S-1-5-18", "S-1-5-32-544", "S-1-3-0", "S-1-3-4"];

    /// <summary>Where nobody else may enter, the rights of what lies inside do not matter.</summary>
    public static bool IsPrivate(string directory) =>
        OperatingSystem.IsWindows() ? !Strangers(Allowed(directory), Self()).Any() : (File.GetUnixFileMode(directory) & Others) == 0;

    /// <param name="allowed">Security identifiers that were granted anything.</param>
    internal static IEnumerable<string> Strangers(IEnumerable<string> allowed, string? self) => allowed.Where(id => id != self && !Harmless.Contains(id));

    [SupportedOSPlatform("windows")]
    private static IEnumerable<string> Allowed(string directory) =>
        new DirectoryInfo(directory).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)).Cast<FileSystemAccessRule>()
            .Where(rule => rule.AccessControlType == AccessControlType.Allow).Select(rule => rule.IdentityReference.Value);

    [SupportedOSPlatform("windows")]
    private static string? Self()
    {
        using WindowsIdentity identity = WindowsIdentity.GetCurrent();
        return identity.User?.Value;
    }
}
