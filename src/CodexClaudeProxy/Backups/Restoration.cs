using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Backups;

/// <summary>What a restore changes.</summary>
/// <param name="State"><c>new</c>, <c>replaced</c> or <c>same</c>.</param>
internal sealed record RestoreChange(string File, string State);

/// <summary>
/// A backup that is unpacked and verified, beside the files it would replace. <see cref="ApplyAsync"/> puts all of them in place or none;
/// disposing forgets what was not put there.
/// </summary>
internal sealed class Restoration : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DataDirectory _directory;
    private readonly TimeProvider _time;
    private readonly FileLock _restoring;
    private readonly string _staging;

    private Restoration(DataDirectory directory, FileLock restoring, TimeProvider time)
    {
        (_directory, _restoring, _time) = (directory, restoring, time);
        _staging = Path.Combine(directory.Root, $"{DataDirectory.StagingPrefix}{Guid.NewGuid():N}");
    }

    public BackupManifest Manifest { get; private set; } = null!;

    public IReadOnlyList<RestoreChange> Changes { get; private set; } = [];

    public AccountList Accounts { get; private set; } = AccountList.Empty;

    /// <summary>Accounts whose tokens here are newer than the backup's; those stay, because the older ones were spent for them.</summary>
    public IReadOnlyList<string> KeptTokens { get; private set; } = [];

    /// <exception cref="BackupException">The backup cannot be used, or another restore has begun.</exception>
    public static Restoration Open(DataDirectory directory, Stream file, string passphrase, TimeProvider time)
    {
        PrivateFiles.CreateDirectory(directory.Root);
        FileLock restoring = FileLock.TryAcquire(UnfinishedRestore.LockOf(directory))
            ?? throw new BackupException("Another restore of this data directory has begun. Answer its question or end it, then restore again.");
        var restoration = new Restoration(directory, restoring, time);
        try
        {
            UnfinishedRestore.Sweep(directory);
            PrivateFiles.CreateDirectory(restoration._staging);
            restoration.Manifest = Unpacking.Unpack(file, passphrase, restoration._staging);
            restoration.KeepNewerTokens();
            restoration.Changes = [.. restoration.Manifest.Files.Where(static entry => BackupContent.IsKnown(entry.Name)).Select(entry => new RestoreChange(entry.Name, restoration.StateOf(entry.Name)))];
            return restoration;
        }
        catch
        {
            restoration.Dispose();
            throw;
        }
    }

    /// <returns>The directory with what was there before; null when nothing was.</returns>
    /// <exception cref="BackupException">A proxy works in the directory.</exception>
    public async Task<string?> ApplyAsync(CancellationToken ct)
    {
        using FileLock accounts = await FileLock.AcquireAsync(_directory.AccountsLock, Patience, _time, ct);
        using FileLock resets = await FileLock.AcquireAsync(_directory.ResetsLock, Patience, _time, ct);
        using FileLock settings = await FileLock.AcquireAsync(Path.Combine(_directory.Root, "settings.lock"), Patience, _time, ct);
        if (ProxyClaim.IsHeld(_directory.Root)) throw new BackupException(InUse);

        string[] coming = [.. Directory.EnumerateFiles(_staging).Select(static file => Path.GetFileName(file))];
        // The old database's log would be taken for the new one's.
        string[] touched = coming.Contains(BackupContent.Statistics) ? [.. coming, BackupContent.Statistics + "-wal", BackupContent.Statistics + "-shm"] : coming;
        string[] before = [.. touched.Where(name => File.Exists(Of(name)))];
        string safety = Path.Combine(_directory.Root, $"{DataDirectory.SafetyCopyPrefix}{_time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}");
        PrivateFiles.CreateDirectory(safety);
        foreach (string name in before.Where(static name => !IsStatistics(name))) AtomicFile.Write(Path.Combine(safety, name), BusyFile.Read(Of(name)));
        AtomicFile.Write(UnfinishedRestore.JournalOf(_directory), JsonSerializer.SerializeToUtf8Bytes(new RestoreJournal(Path.GetFileName(safety), before, touched), BackupsContext.Default.RestoreJournal));
        try
        {
            foreach (string name in before.Where(IsStatistics)) BusyFile.Move(Of(name), Path.Combine(safety, name));
            foreach (string name in coming) BusyFile.Move(Path.Combine(_staging, name), AtomicFile.Target(Of(name)).FullName);
        }
        catch
        {
            UnfinishedRestore.RollBack(_directory);
            throw;
        }

        BusyFile.Delete(UnfinishedRestore.JournalOf(_directory));
        if (before.Length > 0) return safety;
        Directory.Delete(safety);
        return null;
    }

    public const string InUse = "A proxy is running on this data directory. Stop it first, then restore: codex-claude-proxy service stop, or Ctrl+C where it runs.";

    public void Dispose()
    {
        if (Directory.Exists(_staging)) BusyFile.DeleteDirectory(_staging);
        _restoring.Dispose();
    }

    private static bool IsStatistics(string name) => name.StartsWith(BackupContent.Statistics, StringComparison.Ordinal);

    private string Of(string name) => Path.Combine(_directory.Root, name);

    /// <summary>The account file, and its own backup, as they will be.</summary>
    private void KeepNewerTokens()
    {
        string staged = Path.Combine(_staging, BackupContent.Accounts);
        if (!File.Exists(staged)) return;
        try
        {
            AccountsDocument document = AccountsDocument.Parse(BusyFile.Read(staged));
            AccountList here = Current();
            DateTimeOffset now = _time.GetUtcNow();
            List<string> kept = [];
            foreach (Account account in document.Accounts.All)
            {
                if (here.Find(account) is not { AccessToken: { } access } known || known.CannotSend(now) || !(known.IssuedAt > account.IssuedAt)) continue;
                document.ReplaceTokens(account, account.RefreshToken, new TokenSet { AccessToken = access, RefreshToken = known.RefreshToken, IdToken = known.IdToken, AccountId = known.AccountId, ToldExpiry = known.ExpiresAt });
                kept.Add(known.Email);
            }

            byte[] content = kept.Count > 0 ? document.Serialize() : BusyFile.Read(staged);
            if (kept.Count > 0) AtomicFile.Write(staged, content);
            AtomicFile.Write(staged + ".bak", content);
            (KeptTokens, Accounts) = (kept, document.Accounts);
        }
        catch (JsonException)
        {
            throw new BackupException("The content of the backup is not what this version expects.");
        }
    }

    /// <summary>A damaged account file is one reason to restore.</summary>
    private AccountList Current()
    {
        try
        {
            return AccountList.Parse(BusyFile.Read(_directory.Accounts));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return AccountList.Empty;
        }
    }

    private string StateOf(string name)
    {
        if (!File.Exists(Of(name))) return "new";
        return !IsStatistics(name) && BusyFile.Read(Of(name)).AsSpan().SequenceEqual(BusyFile.Read(Path.Combine(_staging, name))) ? "same" : "replaced";
    }
}
