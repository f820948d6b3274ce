using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Alerts;

/// <summary>
/// The channels in <c>alert-channels.json</c>, read whenever the file has changed, by whomever, and the command that the options name. Changes happen
/// under a lock on freshly read content.
/// </summary>
/// <param name="command">The program of the option <c>alert-command</c> and its arguments; empty for none.</param>
internal sealed class AlertChannels(string dataDirectory, IReadOnlyList<string> command, TimeProvider time, ILogger log)
{
    /// <summary>What the channel of the option is called.</summary>
    public const string OptionName = "command";

    private const int Most = 20;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private readonly AlertChannel[] _ofOptions = command.Count == 0 ? [] : [new AlertChannel { Name = OptionName, Kind = ChannelKind.Command, Command = command, IsOption = true }];
    private readonly string _lock = Path.Combine(dataDirectory, "alert-channels.lock");
    private volatile Seen? _seen;

    public string File { get; } = Path.Combine(dataDirectory, "alert-channels.json");

    /// <summary>Called after a change through <see cref="ChangeAsync"/>.</summary>
    public event Action? Changed;

    /// <summary>In the order they were added, that of the options last. Costs one look at the file when nothing changed; one that cannot be read changes nothing.</summary>
    public IReadOnlyList<AlertChannel> Read()
    {
        FileStamp stamp = FileStamp.Of(File);
        if (_seen is { } seen && seen.Stamp == stamp) return seen.Channels;
        try
        {
            _seen = new Seen(stamp, [.. Load(), .. _ofOptions]);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Log.ChannelsUnreadable(log, File, e.Message);
            _seen = new Seen(stamp, _seen?.Channels ?? _ofOptions);
        }

        return _seen.Channels;
    }

    /// <summary>The same for somebody who wants to know what is wrong.</summary>
    /// <exception cref="JsonException">The file is damaged.</exception>
    public IReadOnlyList<AlertChannel> ReadOrThrow() => [.. Load(), .. _ofOptions];

    public AlertChannel? Find(string name) => Find(Read(), name);

    /// <summary>Changes what the file holds.</summary>
    /// <param name="change">Gets the channels of the file and returns others, or why it does not, with the member that is wrong.</param>
    /// <returns>What is wrong; null when it was done.</returns>
    public async Task<ChannelFault?> ChangeAsync(Func<IReadOnlyList<AlertChannel>, (IReadOnlyList<AlertChannel>? Channels, ChannelFault? Fault)> change, CancellationToken ct)
    {
        PrivateFiles.CreateDirectory(dataDirectory);
        using (FileLock held = await FileLock.AcquireAsync(_lock, LockPatience, time, ct))
        {
            FileStamp stamp = FileStamp.Of(File);
            IReadOnlyList<AlertChannel> known;
            try
            {
                known = Load();
            }
            catch (JsonException e)
            {
                return new ChannelFault(null, $"{File} cannot be read: {e.Message}");
            }

            (IReadOnlyList<AlertChannel>? channels, ChannelFault? fault) = change(known);
            if (fault is not null) return fault;
            AtomicFile.Write(File, JsonFile.Serialize(new AlertChannelFile { Channels = channels! }, AlertsContext.Default.AlertChannelFile), stamp.Changed);
        }

        Changed?.Invoke();
        return null;
    }

    /// <summary>Adds a channel that has no name of another.</summary>
    public Task<ChannelFault?> AddAsync(AlertChannel channel, CancellationToken ct) => ChangeAsync(
        channels =>
            channel.Problem() is var (member, message) ? (null, new ChannelFault(member, $"{member} {message}"))
            : Find([.. channels, .. _ofOptions], channel.Name) is not null ? (null, new ChannelFault("name", $"There is a channel {channel.Name} already"))
            : channels.Count >= Most ? (null, new ChannelFault("name", $"There are {Most} channels already, which is the most there can be"))
            : ([.. channels, channel], null), ct);

    /// <summary>Puts another channel in the place of one.</summary>
    public Task<ChannelFault?> ReplaceAsync(string name, Func<AlertChannel, AlertChannel> change, CancellationToken ct) => ChangeAsync(
        channels =>
        {
            if (Find(channels, name) is not { } known) return (null, Missing(name));
            AlertChannel changed = change(known);
            return changed.Problem() is var (member, message) ? (null, new ChannelFault(member, $"{member} {message}")) : ([.. channels.Select(each => each == known ? changed : each)], null);
        }, ct);

    public Task<ChannelFault?> RemoveAsync(string name, CancellationToken ct) => ChangeAsync(
        channels => Find(channels, name) is { } known ? ([.. channels.Where(each => each != known)], null) : (null, Missing(name)), ct);

    private ChannelFault Missing(string name) => new("name", Find(_ofOptions, name) is null ? $"There is no channel {name}" : $"The channel {name} is the option alert-command; change it there");

    private static AlertChannel? Find(IReadOnlyList<AlertChannel> channels, string name) => channels.FirstOrDefault(channel => channel.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private IReadOnlyList<AlertChannel> Load()
    {
        try
        {
            AlertChannelFile? file = JsonSerializer.Deserialize(BusyFile.Read(File), AlertsContext.Default.AlertChannelFile);
            return [.. (file?.Channels ?? []).DistinctBy(static channel => channel.Name, StringComparer.OrdinalIgnoreCase)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private sealed record Seen(FileStamp Stamp, IReadOnlyList<AlertChannel> Channels);
}

/// <summary>Why a channel was not changed.</summary>
/// <param name="Member">The one that is wrong; null when the file is.</param>
/// <param name="Message">For people; never shows a secret.</param>
internal sealed record ChannelFault(string? Member, string Message);
