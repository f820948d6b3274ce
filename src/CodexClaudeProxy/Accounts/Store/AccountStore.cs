using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Store;

/// <summary>
/// The accounts on disk. Several processes may work on one directory: every change happens under a file lock on freshly read
/// content, and a reader notices what others wrote.
/// </summary>
internal sealed class AccountStore(DataDirectory directory, TimeProvider time, ILogger<AccountStore> logger) : IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);

    /// <summary>The original writes in place; a file that is damaged now may be whole a moment later.</summary>
    private static readonly TimeSpan WriterPause = TimeSpan.FromMilliseconds(100);

    private const int WriterPauses = 3;

    private readonly SemaphoreSlim _update = new(1, 1);
    private readonly Lock _reading = new();
    private volatile Seen? _seen;

    /// <summary>
    /// Somebody signed in or out, switched, enabled or disabled an account, excluded models, or a plan became another; not when only tokens or quotas are new.
    /// Noticed when the file is read, whoever wrote it. Handlers run under a lock and must be quick.
    /// </summary>
    public event Action? AccountsChanged;

    public DataDirectory Directory { get; } = directory;

    public string Path => Directory.Accounts;

    /// <summary>Makes the directory private, clears away what killed writers left, and repairs a damaged file. Once, at each start.</summary>
    /// <exception cref="AccountsDamagedException">The file and its backup are both unreadable.</exception>
    public async Task OpenAsync(CancellationToken ct)
    {
        Directory.Prepare();
        await UpdateAsync(document =>
        {
            AtomicFile.DeleteLeftovers(Path);
            AtomicFile.DeleteLeftovers(Directory.AccountsBackup);
            KeepFirst();
            if (document.Accounts.Active is { AccessToken: not null } active) Mirror(active);
            return true;
        }, ct);
    }

    /// <summary>The accounts as they are on disk now; costs one look at the file's size and time when nothing changed.</summary>
    public AccountList Read()
    {
        if (_seen is { } seen && seen.Stamp == FileStamp.Of(Path)) return seen.List;
        lock (_reading)
        {
            FileStamp stamp = FileStamp.Of(Path);
            if (_seen is { } current && current.Stamp == stamp) return current.List;
            // The stamp is older than the content, so a change in between is noticed next time.
            See(stamp, Load());
            return _seen!.List;
        }
    }

    /// <summary>
    /// Reads the file under the lock, applies <paramref name="change"/> and writes the result if it differs. What the change relies on
    /// it must compare itself: only inside it nobody else writes.
    /// </summary>
    public async Task<T> UpdateAsync<T>(Func<AccountsDocument, T> change, CancellationToken ct)
    {
        await _update.WaitAsync(ct);
        try
        {
            PrivateFiles.CreateDirectory(Directory.Root);
            using FileLock held = await FileLock.AcquireAsync(Directory.AccountsLock, LockPatience, time, ct);
            FileStamp stamp = FileStamp.Of(Path);
            AccountsDocument document = await LoadForUpdateAsync(ct);
            // Reading thousands of accounts takes long, and what was read last is usually still there.
            if (_seen is { } seen && seen.Stamp == stamp && stamp == FileStamp.Of(Path)) document.Begin(seen.List);
            AccountList accounts = document.Accounts;
            byte[] before = document.Serialize();
            T result = change(document);
            byte[] after = document.Serialize();
            if (!after.AsSpan().SequenceEqual(before)) Save(document, after, stamp, accounts);
            return result;
        }
        finally
        {
            _update.Release();
        }
    }

    /// <summary>What a disk, another process or a damaged file may throw out of the methods here.</summary>
    public static bool IsTrouble(Exception e) => e is IOException or UnauthorizedAccessException or TimeoutException or AccountsDamagedException;

    public void Dispose() => _update.Dispose();

    private void See(FileStamp stamp, AccountList list)
    {
        AccountList? before = _seen?.List;
        _seen = new Seen(stamp, list);
        if (before is not null && !Standing(before).SequenceEqual(Standing(list))) AccountsChanged?.Invoke();
    }

    private static IEnumerable<(string Key, string Plan, bool Usable, bool Active, string Excluded)> Standing(AccountList list) =>
        list.All.Select(account => (account.Key, account.PlanType, account.Enabled && account.NeedsSignIn is null, ReferenceEquals(account, list.Active), string.Join('\n', account.ExcludedModels)));

    /// <summary>What others wrote is copied before our first change: should that go wrong, or theirs, there is something to repair from.</summary>
    private void KeepFirst()
    {
        if (File.Exists(Path) && !File.Exists(Directory.AccountsBackup)) AtomicFile.Write(Directory.AccountsBackup, BusyFile.Read(Path));
    }

    private void Save(AccountsDocument document, byte[] content, FileStamp replaced, AccountList before)
    {
        // What cannot be read again is not written.
        using (ForeignJson.ParseFile(content)) { }
        AccountList after = document.Accounts;
        KeepFirst();
        AtomicFile.Write(Path, content, replaced.Changed);
        AtomicFile.Write(Directory.AccountsBackup, content);
        lock (_reading) See(FileStamp.Of(Path), after);

        // By key, for there may be thousands.
        Dictionary<string, Account> known = before.All.DistinctBy(account => account.Key).ToDictionary(account => account.Key);
        HashSet<string> kept = [.. after.All.Select(account => account.Key)];
        foreach (Account gone in before.All.Where(account => !kept.Contains(account.Key))) DeleteMirror(gone);
        foreach (Account account in after.All)
        {
            Account? old = known.GetValueOrDefault(account.Key);
            bool renewed = old?.AccessToken != account.AccessToken || old?.RefreshToken != account.RefreshToken || old?.IdToken != account.IdToken;
            bool chosen = after.Active?.Key == account.Key && before.Active?.Key != account.Key;
            if (account.AccessToken is not null && (renewed || chosen)) Mirror(account);
        }
    }

    /// <summary>Keeps the copy in Codex's format. It is there for other programs; this one does not fail for it.</summary>
    private void Mirror(Account account)
    {
        string path = Directory.AuthFile(account);
        try
        {
            if (CodexAuthFile.Read(path)?.Tokens is { } tokens && tokens.AccessToken == account.AccessToken && tokens.RefreshToken == account.RefreshToken) return;
            PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            AtomicFile.DeleteLeftovers(path);
            CodexAuthFile.Write(path, account, time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.MirrorFailed(logger, account.Key, e.Message);
        }
    }

    private void DeleteMirror(Account account)
    {
        string path = Directory.AuthFile(account);
        try
        {
            if (!File.Exists(path)) return;
            BusyFile.Delete(path);
            string home = System.IO.Path.GetDirectoryName(path)!;
            // Whatever else lies there is not ours.
            if (!System.IO.Directory.EnumerateFileSystemEntries(home).Any()) System.IO.Directory.Delete(home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.MirrorFailed(logger, account.Key, e.Message);
        }
    }

    /// <summary>A reader repairs nothing: it lives on what it knew, or on the backup.</summary>
    private AccountList Load()
    {
        try
        {
            return AccountList.Parse(BusyFile.Read(Path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return AccountList.Empty;
        }
        catch (JsonException e)
        {
            Log.Unreadable(logger, Path, e.Message);
            return _seen?.List ?? AccountList.Parse(Backup() ?? throw new AccountsDamagedException(Directory));
        }
    }

    private async Task<AccountsDocument> LoadForUpdateAsync(CancellationToken ct)
    {
        for (int pause = 0; ; pause++)
        {
            try
            {
                return AccountsDocument.Parse(BusyFile.Read(Path));
            }
            catch (FileNotFoundException)
            {
                return AccountsDocument.Create();
            }
            catch (JsonException) when (pause < WriterPauses)
            {
                await Task.Delay(WriterPause, time, ct);
            }
            catch (JsonException e)
            {
                return Repair(e.Message);
            }
        }
    }

    /// <summary>
    /// The damaged file is kept under another name before the backup takes its place; at no moment the file is missing, because
    /// a missing one means that there are no accounts.
    /// </summary>
    private AccountsDocument Repair(string damage)
    {
        byte[] backup = Backup() ?? throw new AccountsDamagedException(Directory);
        string quarantine = $"{Path}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}";
        AtomicFile.Write(quarantine, BusyFile.Read(Path));
        AtomicFile.Write(Path, backup);
        Log.Repaired(logger, Path, damage, quarantine);
        return AccountsDocument.Parse(backup);
    }

    /// <summary>The backup if it is whole.</summary>
    private byte[]? Backup()
    {
        try
        {
            byte[] content = BusyFile.Read(Directory.AccountsBackup);
            AccountsDocument.Parse(content);
            return content;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private sealed record Seen(FileStamp Stamp, AccountList List);
}

/// <summary>Neither the account file nor its backup can be read. Nothing is overwritten: the owner decides.</summary>
internal sealed class AccountsDamagedException(DataDirectory directory) : Exception(
    $"The account file {directory.Accounts} is damaged and its backup {directory.AccountsBackup} is not usable. "
    + "Nothing was changed. Repair one of the two files, or move both away to start without accounts.");
