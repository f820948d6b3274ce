using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>Where the account files lie, and who may read them. No name here is taken from outside as it is.</summary>
internal sealed class DataDirectory
{
    private const int LongestName = 100;

    private static readonly string[] Ours =
    [
        "accounts.json", "accounts.lock", "state.json", "models.json", "settings.json", "settings.lock", "config.json", "lessons.json", "activity.db", "resets.json", "resets.lock", "alert-channels.json", "alert-channels.lock", "alerts.json", "restore.json", "restore.lock", "refresh-", "run-", "proxy-",
    ];

    public DataDirectory(string path) => Root = Path.GetFullPath(path);

    public string Root { get; }

    public string Accounts => Path.Combine(Root, "accounts.json");

    /// <summary>What <see cref="Accounts"/> held after our last write.</summary>
    public string AccountsBackup => Accounts + ".bak";

    public string AccountsLock => Path.Combine(Root, "accounts.lock");

    public string State => Path.Combine(Root, "state.json");

    /// <summary>What was redeemed lately.</summary>
    public string Resets => Path.Combine(Root, "resets.json");

    /// <summary>What a restore replaced is kept in directories with this prefix.</summary>
    public const string SafetyCopyPrefix = "before-restore-";

    /// <summary>What a restore unpacks, until it is in its place.</summary>
    public const string StagingPrefix = ".restore-";

    public string ResetsLock => Path.Combine(Root, "resets.lock");

    /// <summary>
    /// Creates the directory and takes the rights of others away from our files in it, also from what the original left readable.
    /// Files of other programs are not touched, nor is a directory that is shared with them.
    /// </summary>
    /// <exception cref="IOException">Something that is no file has the name of one of our files.</exception>
    public void Prepare()
    {
        PrivateFiles.CreateDirectory(Root);
        bool isShared = false;
        foreach (string entry in Directory.EnumerateFileSystemEntries(Root))
        {
            string name = Path.GetFileName(entry);
            if (name is "accounts" or "claude-code" || name.StartsWith(SafetyCopyPrefix, StringComparison.Ordinal) || name.StartsWith(StagingPrefix, StringComparison.Ordinal)) continue;
            isShared |= !IsOurs(name);
            if (IsOurs(name)) MakePrivate(entry);
        }

        if (!isShared && !IsSticky(Root)) PrivateFiles.Tighten(Root);
        foreach (string home in Directories(Path.Combine(Root, "accounts")))
        {
            string file = Path.Combine(home, "auth.json");
            if (!File.Exists(file)) continue;
            PrivateFiles.Tighten(home);
            MakePrivate(file);
        }

        string claude = Path.Combine(Root, "claude-code");
        foreach (string file in IsDirectory(claude) ? Directory.EnumerateFileSystemEntries(claude) : [])
        {
            if (Path.GetFileName(file) is "lock" or ['j', 'o', 'u', 'r', 'n', 'a', 'l', '-', ..] or ['s', 'e', 't', 't', 'i', 'n', 'g', 's', '-', ..]) MakePrivate(file);
        }
    }

    /// <summary>The directories in one of ours, which becomes private itself. Links lead elsewhere.</summary>
    private static IEnumerable<string> Directories(string path)
    {
        if (!IsDirectory(path)) return [];
        PrivateFiles.Tighten(path);
        return Directory.EnumerateDirectories(path).Where(IsDirectory);
    }

    private static bool IsDirectory(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    private static void MakePrivate(string file)
    {
        RegularFile.Demand(file);
        PrivateFiles.Tighten(file);
    }

    /// <summary>Everybody may put files there, as into <c>/tmp</c>.</summary>
    private static bool IsSticky(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.StickyBit) != 0;

    /// <summary>One of our files, or what belongs to it: a backup, a lock, a quarantine, what a killed writer left.</summary>
    private static bool IsOurs(string name)
    {
        string bare = name.TrimStart('.');
        return Array.Exists(Ours, own => bare.StartsWith(own, StringComparison.Ordinal) && (bare.Length == own.Length || bare[own.Length] is '.' or '-' || own[^1] == '-'));
    }

    /// <summary>The lock that only one process holds while it refreshes a token of this e-mail address.</summary>
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

    private static string Hash(string text) => ManagedSha256.Hex(text, 12);
}
