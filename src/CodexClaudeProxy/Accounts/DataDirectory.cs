using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Accounts;

/// <summary>Where the account files lie, and who may read them. No name here is taken from outside as it is.</summary>
internal sealed class DataDirectory
{
    private const int LongestName = 100;

    public DataDirectory(string path) => Root = Path.GetFullPath(path);

    public string Root { get; }

    public string Accounts => Path.Combine(Root, "accounts.json");

    /// <summary>What <see cref="Accounts"/> held after our last write.</summary>
    public string AccountsBackup => Accounts + ".bak";

    public string AccountsLock => Path.Combine(Root, "accounts.lock");

    public string State => Path.Combine(Root, "state.json");

    /// <summary>Creates the directory and takes the rights of others away from everything in it, also from what the original left readable.</summary>
    public void Prepare()
    {
        PrivateFiles.CreateDirectory(Root);
        PrivateFiles.Tighten(Root);
        foreach (string file in Directory.EnumerateFiles(Root)) PrivateFiles.Tighten(file);
        string accounts = Path.Combine(Root, "accounts");
        if (!Directory.Exists(accounts)) return;
        PrivateFiles.Tighten(accounts);
        foreach (string entry in Directory.EnumerateFileSystemEntries(accounts, "*", SearchOption.AllDirectories)) PrivateFiles.Tighten(entry);
    }

    /// <summary>The lock that only one process holds while it renews a token of this e-mail address.</summary>
    public string RefreshLock(Account account) => Path.Combine(Root, $"refresh-{Hash(account.Email.ToLowerInvariant())}.lock");

    /// <summary>
    /// The account's <c>auth.json</c>. The original's directory (<c>a@x.com</c> → <c>a_x.com</c>) is used unless it belongs to
    /// somebody else (<c>a+b@x</c> and <c>a_b@x</c> meet there, and so do two workspaces of one person); then a hash makes it unique.
    /// </summary>
    public string AuthFile(Account account)
    {
        string unique = Path.Combine(Root, "accounts", $"account-{Hash(account.Key)}", "auth.json");
        if (File.Exists(unique) || SafeName(account.Email) is not { } name) return unique;
        string shared = Path.Combine(Root, "accounts", name, "auth.json");
        return !File.Exists(shared) || CodexAuthFile.Read(shared)?.Belongs(account) == true ? shared : unique;
    }

    /// <summary>The original's directory name, or null where it would not be a plain file name on every system.</summary>
    private static string? SafeName(string email)
    {
        string name = string.Create(email.Length, email, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++) target[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '.' or '_' or '-' ? source[i] : '_';
        });
        string device = name.Split('.')[0].ToUpperInvariant();
        bool reserved = device is "CON" or "PRN" or "AUX" or "NUL" || (device.Length == 4 && device[..3] is "COM" or "LPT");
        return name.Length is 0 or > LongestName || name[0] == '.' || name[^1] == '.' || reserved ? null : name;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
}
