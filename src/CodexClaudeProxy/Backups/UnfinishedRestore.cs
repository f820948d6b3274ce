using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Backups;

/// <summary>Puts back what a restore had replaced when it was interrupted, by a power cut for instance. Each start looks.</summary>
internal static class UnfinishedRestore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string JournalOf(DataDirectory directory) => Path.Combine(directory.Root, "restore.json");

    public static string LockOf(DataDirectory directory) => Path.Combine(directory.Root, "restore.lock");

    /// <summary>Before any file is read. Waits for a restore that is at work, and removes the tokens that a killed one had unpacked.</summary>
    public static async Task RollBackAsync(DataDirectory directory, TimeProvider time, CancellationToken ct)
    {
        if (File.Exists(JournalOf(directory)))
        {
            using FileLock restoring = await FileLock.AcquireAsync(LockOf(directory), Patience, time, ct);
            RollBack(directory);
        }

        if (!Directory.Exists(directory.Root) || !Unpacked(directory).Any()) return;
        // A restore that waits for its answer holds the lock, and needs what it has unpacked.
        using FileLock? alone = FileLock.TryAcquire(LockOf(directory));
        if (alone is not null) Sweep(directory);
    }

    /// <summary>Removes what killed restores had unpacked. Only with the lock.</summary>
    public static void Sweep(DataDirectory directory)
    {
        foreach (string left in Unpacked(directory)) BusyFile.DeleteDirectory(left);
    }

    private static IEnumerable<string> Unpacked(DataDirectory directory) => Directory.EnumerateDirectories(directory.Root, DataDirectory.StagingPrefix + "*");

    public static void RollBack(DataDirectory directory)
    {
        string journal = JournalOf(directory);
        if (!File.Exists(journal)) return;
        RestoreJournal? unfinished;
        try
        {
            unfinished = JsonSerializer.Deserialize(BusyFile.Read(journal), BackupsContext.Default.RestoreJournal);
        }
        catch (JsonException)
        {
            unfinished = null;
        }

        if (unfinished is not { SafetyCopy.Length: > 0, Before: { } before, Files: { } files } || before.Contains(null!) || files.Contains(null!))
        {
            throw new IOException($"{journal} is damaged. It belongs to a restore that was interrupted: compare the files with those in {directory.Root}/{DataDirectory.SafetyCopyPrefix}*, then delete it.");
        }

        foreach (string name in files.Select(static name => Path.GetFileName(name)))
        {
            string place = Path.Combine(directory.Root, name);
            string copy = Path.Combine(directory.Root, Path.GetFileName(unfinished.SafetyCopy), name);
            // Without a copy, a file that was there has not been touched yet.
            if (File.Exists(copy)) BusyFile.Move(copy, AtomicFile.Target(place).FullName);
            else if (!before.Contains(name) && File.Exists(place)) BusyFile.Delete(place);
        }

        BusyFile.Delete(journal);
    }
}
