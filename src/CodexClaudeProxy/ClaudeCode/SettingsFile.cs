using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <param name="Diff">As it may be shown.</param>
/// <param name="Backup">The copy of the file from before; null when nothing was written or there was no file.</param>
/// <param name="Kept">Members that were changed after the proxy wrote them and are therefore kept.</param>
internal sealed record SettingsOutcome(string Diff, string? Backup, IReadOnlyList<SettingsKey> Kept)
{
    public bool Changed => Diff.Length > 0;
}

/// <summary>
/// Claude Code's <c>settings.json</c>, which belongs to its user: we change single members, keep a copy and a journal in our own
/// directory, and can take every change back. A file we cannot read is never written.
/// </summary>
/// <param name="path">Need not exist. A symbolic link is followed.</param>
/// <param name="dataDirectory">Ours.</param>
internal sealed class SettingsFile(string path, string dataDirectory, TimeProvider time)
{
    private const int MostBackups = 10;
    private const int MostAttempts = 5;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private readonly string _ours = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), "claude-code");

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Tells the files of several directories apart. Made when it is needed: at the start it would load OpenSSL, megabytes for a proxy that only waits.</summary>
    private string Name => ManagedSha256.Hex(Path, 6);

    private string JournalFile => System.IO.Path.Combine(_ours, $"journal-{Name}.json");

    public bool Exists => File.Exists(Path);

    /// <exception cref="SettingsRefusedException">The file is not what we understand.</exception>
    public SettingsText Read() => SettingsText.Parse(ReadBytes() ?? []);

    public SettingsJournal ReadJournal() => SettingsJournal.Read(JournalFile);

    /// <summary>Changes the members that <paramref name="plan"/> names, all of them or, when anything is wrong, none.</summary>
    /// <param name="action">What for, in one word.</param>
    /// <exception cref="SettingsRefusedException">The file is not what we understand, or others keep changing it.</exception>
    public Task<SettingsOutcome> ChangeAsync(string action, Func<SettingsText, SettingsJournal, IEnumerable<SettingsChange>> plan, bool dryRun, CancellationToken cancellation) =>
        RewriteAsync((before, journal) =>
        {
            SettingsText text = SettingsText.Parse(before ?? []);
            SettingsText after = text;
            Dictionary<SettingsKey, JournalEntry> entries = new(journal.Entries);
            foreach (SettingsChange change in plan(text, journal))
            {
                if (IsSame(text.Value(change.Key), change.Value)) continue;
                after = after.With(change);
                Note(entries, text, change);
            }

            if (after == text) return new Rewrite(before, journal, []);
            return new Rewrite(after.ToBytes(), Continue(journal, action, before) with
            {
                Entries = entries,
                MadeEnv = journal.IsEmpty ? !text.Has(SettingsKey.EnvName) : journal.MadeEnv,
                MadePermissions = journal.MadePermissions || (!text.Has(SettingsKey.PermissionsName) && after.Has(SettingsKey.PermissionsName)),
            }, []);
        }, dryRun, cancellation);

    /// <summary>Takes back what we did, member by member; what somebody else changed after us stays.</summary>
    /// <exception cref="SettingsRefusedException">The file is not what we understand, or others keep changing it.</exception>
    public Task<SettingsOutcome> RestoreAsync(bool dryRun, CancellationToken cancellation) => RewriteAsync((before, journal) =>
    {
        if (journal.IsEmpty) return new Rewrite(before, journal, []);
        if (journal.IsUnbroken && Hash(before) == journal.Written && (journal.Original is null || File.Exists(journal.Original)))
            return new Rewrite(journal.Original is { } copy ? BusyFile.Read(copy) : null, SettingsJournal.Empty, []);

        SettingsText text = SettingsText.Parse(before ?? []);
        List<SettingsKey> kept = [];
        // Backwards, so that a member finds the one it stood behind.
        foreach ((SettingsKey key, JournalEntry entry) in journal.Entries.Reverse())
        {
            string? current = text.Value(key);
            if (IsSame(current, entry.Before)) continue;
            if (IsSame(current, entry.Ours)) text = text.With(new SettingsChange(key, entry.Before) { Place = entry.Place });
            else kept.Add(key);
        }

        if (journal.MadeEnv && text.HasEmpty(SettingsKey.EnvName)) text = text.With(new SettingsChange(SettingsKey.Top(SettingsKey.EnvName), null));
        if (journal.MadePermissions && text.HasEmpty(SettingsKey.PermissionsName)) text = text.With(new SettingsChange(SettingsKey.Top(SettingsKey.PermissionsName), null));
        return new Rewrite(text.ToBytes(), SettingsJournal.Empty, kept);
    }, dryRun, cancellation);

    /// <summary>Read, change, look again, write. Ours are kept apart by a lock; others know nothing of it, so their changes are looked for.</summary>
    private async Task<SettingsOutcome> RewriteAsync(Func<byte[]?, SettingsJournal, Rewrite> rewrite, bool dryRun, CancellationToken cancellation)
    {
        PrivateFiles.CreateDirectory(_ours);
        using FileLock held = await FileLock.AcquireAsync(System.IO.Path.Combine(_ours, "lock"), LockPatience, time, cancellation);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            byte[]? before = ReadBytes();
            Rewrite result = rewrite(before, SettingsJournal.Read(JournalFile));
            SettingsOutcome outcome = new(Diff(before, result.Content), null, result.Kept);
            bool isSame = (before ?? []).AsSpan().SequenceEqual(result.Content ?? []) && before is null == result.Content is null;
            if (dryRun || (isSame && !result.Journal.IsEmpty)) return outcome;

            string? backup = before is null || isSame ? null : Keep(before);
            if (!(ReadBytes() ?? []).AsSpan().SequenceEqual(before ?? [])) continue;

            // Before the file: a journal of what did not happen after all undoes nothing.
            SettingsJournal journal = result.Journal.IsEmpty ? result.Journal : result.Journal with
            {
                Original = result.Journal.Written.Length == 0 ? backup : result.Journal.Original,
                Written = Hash(result.Content),
            };
            journal.Write(JournalFile, Path);
            if (!isSame) Write(result.Content);
            Prune(journal.Original);
            return outcome with { Backup = backup };
        }

        throw new SettingsRefusedException("Another program keeps changing the file; nothing was changed here");
    }

    /// <summary>The journal of the next change, without that change's entries.</summary>
    private SettingsJournal Continue(SettingsJournal journal, string action, byte[]? before) => journal.IsEmpty
        ? new SettingsJournal { At = time.GetUtcNow(), Action = action }
        : journal with { IsUnbroken = journal.IsUnbroken && Hash(before) == journal.Written };

    /// <summary>A value that somebody set after our last change counts as the one from before.</summary>
    private static void Note(Dictionary<SettingsKey, JournalEntry> entries, SettingsText text, SettingsChange change)
    {
        string? current = text.Value(change.Key);
        bool isOurs = entries.TryGetValue(change.Key, out JournalEntry? known) && IsSame(known.Ours, current);
        JournalEntry entry = isOurs ? known! with { Ours = change.Value } : new JournalEntry(current, change.Value, text.PlaceOf(change.Key));
        if (IsSame(entry.Before, entry.Ours)) entries.Remove(change.Key);
        else entries[change.Key] = entry;
    }

    /// <summary>Equal as JSON: Claude Code itself may have written the file anew.</summary>
    private static bool IsSame(string? one, string? other)
    {
        if (one is null || other is null) return one is null && other is null;
        if (one == other) return true;
        JsonDocumentOptions lenient = JsonDepth.Document with { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        using JsonDocument first = JsonDocument.Parse(one, lenient);
        using JsonDocument second = JsonDocument.Parse(other, lenient);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }

    private byte[]? ReadBytes()
    {
        try
        {
            return BusyFile.Read(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void Write(byte[]? content)
    {
        string target = AtomicFile.Target(Path).FullName;
        if (content is null)
        {
            BusyFile.Delete(target);
            return;
        }

        PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        AtomicFile.Write(Path, content, mode: PrivateFiles.ModeOf(target));
    }

    private string Keep(byte[] content)
    {
        string copy = System.IO.Path.Combine(_ours, $"settings-{Name}-{time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}-{Guid.NewGuid().ToString("N")[..4]}.json");
        AtomicFile.Write(copy, content);
        return copy;
    }

    /// <summary>The newest copies stay, and the one that an undo needs.</summary>
    private void Prune(string? needed)
    {
        foreach (string old in Directory.GetFiles(_ours, $"settings-{Name}-*.json").OrderDescending(StringComparer.Ordinal).Skip(MostBackups))
        {
            if (old != needed) BusyFile.Delete(old);
        }
    }

    private string Diff(byte[]? before, byte[]? after) => UnifiedDiff.Of(Path, Plain(before), Plain(after), Masked(before), Masked(after));

    private static string Plain(byte[]? content) => Encoding.UTF8.GetString(content.AsSpan() is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : content);

    private static string Masked(byte[]? content) => content is null || content.AsSpan().Trim(" \t\r\n"u8).IsEmpty ? Plain(content) : Secrets.Hide(content);

    private static string Hash(byte[]? content) => content is null ? "none" : ManagedSha256.Hex(content, 32);

    /// <param name="Content">Null for no file.</param>
    private sealed record Rewrite(byte[]? Content, SettingsJournal Journal, IReadOnlyList<SettingsKey> Kept);
}
