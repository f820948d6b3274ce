using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Settings;

/// <summary>
/// <c>settings.json</c>. Read whenever the file has changed, by whomever; every change of ours happens under a lock on freshly
/// read content and keeps members we do not know. A damaged file is moved aside, never overwritten.
/// </summary>
internal sealed class SettingsStore : IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    /// <summary>The original writes in place; a file that is damaged now may be whole a moment later.</summary>
    private static readonly TimeSpan WriterPause = TimeSpan.FromMilliseconds(100);

    private const int WriterPauses = 3;

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _update = new(1, 1);
    private readonly Lock _reading = new();
    private volatile Seen? _seen;

    public SettingsStore(string dataDirectory, TimeProvider time, ILogger log)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), "settings.json");
        _time = time;
        _log = log;
    }

    public string Path { get; }

    /// <summary>Called after a read that found other settings than before, and after the first one. Must not call back.</summary>
    public event Action<ProxySettings>? Changed;

    /// <summary>The settings as they are on disk now; costs one look at the file's size and time when nothing changed.</summary>
    public ProxySettings Read()
    {
        if (_seen is { } seen && seen.Stamp == FileStamp.Of(Path)) return seen.Settings;
        lock (_reading)
        {
            FileStamp stamp = FileStamp.Of(Path);
            if (_seen is { } current && current.Stamp == stamp) return current.Settings;
            // The stamp is older than the content, so a change in between is noticed next time.
            Adopt(stamp, Load());
            return _seen!.Settings;
        }
    }

    /// <summary>Applies the settings now, and whenever they change.</summary>
    public void Follow(Action<ProxySettings> apply)
    {
        Changed += apply;
        apply(Read());
    }

    /// <summary>Moves a damaged file aside, clears away what killed writers left, and reads the settings. Once, at each start.</summary>
    public Task<ProxySettings> OpenAsync(CancellationToken cancellation) => UpdateAsync(_ => AtomicFile.DeleteLeftovers(Path), cancellation);

    /// <summary>Changes members of the file; a member set to null is removed. The caller has checked the values.</summary>
    public async Task<ProxySettings> UpdateAsync(Action<JsonObject> change, CancellationToken cancellation)
    {
        await _update.WaitAsync(cancellation);
        try
        {
            string directory = System.IO.Path.GetDirectoryName(Path)!;
            PrivateFiles.CreateDirectory(directory);
            using FileLock held = await FileLock.AcquireAsync(System.IO.Path.Combine(directory, "settings.lock"), LockPatience, _time, cancellation);
            FileStamp stamp = FileStamp.Of(Path);
            JsonObject root = await LoadForUpdateAsync(cancellation);
            byte[] before = JsonFile.Serialize(root);
            change(root);
            byte[] after = JsonFile.Serialize(root);
            if (!after.AsSpan().SequenceEqual(before)) AtomicFile.Write(Path, after, stamp.Changed);
            return Read();
        }
        finally
        {
            _update.Release();
        }
    }

    public void Dispose() => _update.Dispose();

    private void Adopt(FileStamp stamp, ProxySettings settings)
    {
        bool changed = _seen?.Settings != settings;
        _seen = new Seen(stamp, settings);
        if (changed) Changed?.Invoke(settings);
    }

    /// <summary>A reader repairs nothing: whoever writes the file may just be at it.</summary>
    private ProxySettings Load()
    {
        try
        {
            using JsonDocument document = ForeignJson.ParseFile(BusyFile.Read(Path));
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("It is not an object.");
            return SettingKeys.Read(document.RootElement, key => Log.Unusable(_log, key.Name, Path, key.Expected));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ProxySettings.Default;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(_log, Path, e.Message);
            return _seen?.Settings ?? ProxySettings.Default;
        }
    }

    private async Task<JsonObject> LoadForUpdateAsync(CancellationToken cancellation)
    {
        for (int pause = 0; ; pause++)
        {
            try
            {
                return ForeignJson.ParseTree(BusyFile.Read(Path));
            }
            catch (FileNotFoundException)
            {
                return [];
            }
            catch (JsonException) when (pause < WriterPauses)
            {
                await Task.Delay(WriterPause, _time, cancellation);
            }
            catch (JsonException e)
            {
                string quarantine = $"{Path}.damaged-{_time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}";
                BusyFile.Move(Path, quarantine);
                Log.Quarantined(_log, Path, e.Message, quarantine);
                return [];
            }
        }
    }

    private sealed record Seen(FileStamp Stamp, ProxySettings Settings);
}
