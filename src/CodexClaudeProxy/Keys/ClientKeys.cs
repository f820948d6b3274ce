using System.Security.Cryptography;
using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Keys;

/// <summary>
/// <c>keys.json</c>. Read whenever the file has changed, by whomever, so that a key that another process added or revoked counts from the next
/// request on; every change of ours happens under a lock on freshly read content. A file that cannot be read lets nobody in.
/// </summary>
internal sealed partial class ClientKeys : IDisposable
{
    public const string FileName = "keys.json";

    private const int Version = 1;
    private const int IdBytes = 6;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _update = new(1, 1);
    private readonly Lock _reading = new();
    private volatile Seen? _seen;

    public ClientKeys(string dataDirectory, TimeProvider time, ILogger log)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), FileName);
        _time = time;
        _log = log;
    }

    public string Path { get; }

    /// <summary>The keys as they are on disk now; costs one look at the file's size and time when nothing changed.</summary>
    public KeyRing Read()
    {
        FileStamp now = FileStamp.Of(Path);
        if (_seen is { } seen && seen.Stamp == now) return seen.Ring;
        lock (_reading)
        {
            // The stamp is older than the content, so a change in between is noticed next time.
            FileStamp stamp = FileStamp.Of(Path);
            if (_seen is not { } current || current.Stamp != stamp) _seen = new Seen(stamp, Load());
            return _seen.Ring;
        }
    }

    /// <summary>Adds a key.</summary>
    /// <param name="text">The key itself, of which only the hash is kept.</param>
    /// <exception cref="KeyRefusedException">A member cannot be as it is wanted.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public async Task<ClientKey> AddAsync(string text, Func<ClientKey, ClientKey> describe, CancellationToken cancellation)
    {
        ClientKey added = describe(new ClientKey(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), "", KeyText.Hash(text), KeyText.Start(text), Now));
        await UpdateAsync(all =>
        {
            if (all.Count >= KeyRules.MostKeys) throw new KeyRefusedException("name", $"There are {KeyRules.MostKeys} keys already, and no more can be added");
            KeyRules.Check(added, all);
            return [.. all, added];
        }, cancellation);
        return added;
    }

    /// <summary>Changes a key; null when there is none with this name or id.</summary>
    /// <exception cref="KeyRefusedException">A member cannot be as it is wanted.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public async Task<ClientKey?> ChangeAsync(string nameOrId, Func<ClientKey, ClientKey> change, CancellationToken cancellation)
    {
        ClientKey? changed = null;
        await UpdateAsync(all =>
        {
            if (new KeyRing(all).FindNamed(nameOrId) is not { } found) return all;
            KeyRules.Check(changed = change(found), all);
            return [.. all.Select(key => key.Id == found.Id ? changed : key)];
        }, cancellation);
        return changed;
    }

    /// <summary>Gives a key another text; the old one is dead at once.</summary>
    /// <inheritdoc cref="ChangeAsync"/>
    public Task<ClientKey?> RenewAsync(string nameOrId, string text, CancellationToken cancellation) =>
        ChangeAsync(nameOrId, key => key with { Hash = KeyText.Hash(text), Start = KeyText.Start(text), Created = Now }, cancellation);

    /// <summary>Removes a key; null when there is none with this name or id.</summary>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public async Task<ClientKey?> RemoveAsync(string nameOrId, CancellationToken cancellation)
    {
        ClientKey? removed = null;
        await UpdateAsync(all =>
        {
            removed = new KeyRing(all).FindNamed(nameOrId);
            return [.. all.Where(key => key.Id != removed?.Id)];
        }, cancellation);
        return removed;
    }

    public void Dispose() => _update.Dispose();

    /// <summary>Files keep milliseconds.</summary>
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task UpdateAsync(Func<IReadOnlyList<ClientKey>, IReadOnlyList<ClientKey>> change, CancellationToken cancellation)
    {
        await _update.WaitAsync(cancellation);
        try
        {
            string directory = System.IO.Path.GetDirectoryName(Path)!;
            PrivateFiles.CreateDirectory(directory);
            using FileLock held = await FileLock.AcquireAsync(System.IO.Path.Combine(directory, "keys.lock"), LockPatience, _time, cancellation);
            AtomicFile.DeleteLeftovers(Path);
            FileStamp stamp = FileStamp.Of(Path);
            IReadOnlyList<ClientKey> before;
            try
            {
                before = Parse();
            }
            catch (JsonException e)
            {
                // To put it aside would let everybody in.
                throw new IOException($"{Path} is damaged ({e.Message}). Restore it from a backup, or delete it and add the keys again", e);
            }

            IReadOnlyList<ClientKey> after = change(before);
            if (!ReferenceEquals(after, before)) AtomicFile.Write(Path, JsonFile.Serialize(new KeysDocument(Version, after), KeysContext.Default.KeysDocument), stamp.Changed);
        }
        catch (TimeoutException e)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            _update.Release();
        }
    }

    private IReadOnlyList<ClientKey> Parse()
    {
        byte[] content;
        try
        {
            content = BusyFile.Read(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }

        KeysDocument document = JsonSerializer.Deserialize(content, KeysContext.Default.KeysDocument) ?? throw new JsonException("It is not an object.");
        if (document.Version > Version) throw new JsonException("It is from a newer version of this program.");
        foreach (ClientKey key in document.Keys) CheckKept(key, document.Keys);
        return document.Keys;
    }

    /// <summary>What somebody wrote into the file by hand must not let in more than they meant.</summary>
    private static void CheckKept(ClientKey? key, IReadOnlyList<ClientKey?> all)
    {
        if (key is null) throw new JsonException("A key is null.");
        try
        {
            KeyRules.Check(key, [.. all.OfType<ClientKey>()]);
        }
        catch (KeyRefusedException e)
        {
            throw new JsonException($"{key.Name}: {e.Message}.", e);
        }

        if (all.Count(other => other?.Hash == key.Hash || other?.Id == key.Id) > 1) throw new JsonException($"{key.Name}: another key has the same id or hash.");
    }

    private KeyRing Load()
    {
        try
        {
            return Parse() is { Count: > 0 } keys ? new KeyRing(keys) : KeyRing.Empty;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Unreadable(_log, Path, e.Message);
            return KeyRing.Unreadable;
        }
    }

    private sealed record Seen(FileStamp Stamp, KeyRing Ring);

    [LoggerMessage(610, LogLevel.Error, "{File} cannot be read ({Reason}); no client's key is accepted until it can")]
    private static partial void Unreadable(ILogger log, string file, string reason);
}
