using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>
/// What was redeemed in the last day, in <c>resets.json</c>: noted before it is sent, so that whatever happens meanwhile only the same
/// request is ever repeated. Several processes may share it; one at a time redeems.
/// </summary>
internal sealed class ResetJournal(DataDirectory directory, TimeProvider time)
{
    /// <summary>As long upstream knows the id of a request.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private volatile Seen? _seen;

    /// <summary>Held during a whole redemption.</summary>
    /// <exception cref="TimeoutException">Another one runs.</exception>
    public Task<FileLock> LockAsync(TimeSpan patience, CancellationToken ct)
    {
        PrivateFiles.CreateDirectory(directory.Root);
        return FileLock.AcquireAsync(directory.ResetsLock, patience, time, ct);
    }

    /// <summary>The latest last. Costs one look at the file when nothing changed.</summary>
    /// <exception cref="JsonException">The file is damaged: what was redeemed is not known.</exception>
    public IReadOnlyList<Redemption> Read()
    {
        FileStamp stamp = FileStamp.Of(directory.Resets);
        if (_seen is not { } seen || seen.Stamp != stamp) _seen = seen = new Seen(stamp, Load());
        DateTimeOffset oldest = time.GetUtcNow() - Kept;
        return [.. seen.All.Where(redemption => redemption.At >= oldest)];
    }

    /// <summary>Notes a redemption, or what became of it. Only with the lock.</summary>
    public void Write(Redemption redemption)
    {
        Redemption[] all = [.. Read().Where(known => known.RequestId != redemption.RequestId), redemption];
        AtomicFile.Write(directory.Resets, JsonFile.Serialize(new Redemptions { All = all }, RedemptionsContext.Default.Redemptions), FileStamp.Of(directory.Resets).Changed);
    }

    private Redemption[] Load()
    {
        try
        {
            using JsonDocument document = ForeignJson.ParseFile(BusyFile.Read(directory.Resets));
            return document.RootElement.As(RedemptionsContext.Default.Redemptions)?.All?.Where(redemption => redemption is { Account: not null, RequestId: not null }).ToArray() ?? throw new JsonException($"{directory.Resets} has no list of resets.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private sealed record Seen(FileStamp Stamp, Redemption[] All);
}
