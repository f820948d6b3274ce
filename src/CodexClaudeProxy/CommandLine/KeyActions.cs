using System.Globalization;
using System.Text;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Keys.Usage;
using CodexClaudeProxy.Prices;
using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What the sub-commands of <c>keys</c> do. Each returns the exit code.</summary>
internal sealed class KeyActions : IAsyncDisposable
{
    private static readonly string[] Heading = ["NAME", "KEY", "MODELS", "TODAY", "LIMITS", "LAST USED", "EXPIRES"];

    private readonly ProxyOptions _options;
    private readonly Terminal _terminal;
    private readonly bool _asJson;
    private readonly ClientKeys _keys;
    private readonly SettingsStore _settings;
    private readonly ActivityStore _activity;
    private readonly KeyUsage _usage;

    public KeyActions(ProxyOptions options, Terminal terminal, bool asJson)
    {
        _options = options;
        _terminal = terminal;
        _asJson = asJson;
        _keys = new ClientKeys(options.DataDirectory, terminal.Time, NullLogger.Instance);
        _settings = new SettingsStore(options.DataDirectory, terminal.Time, NullLogger.Instance);
        _activity = new ActivityStore(Path.Combine(options.DataDirectory, "activity.db"), terminal.Time, NullLogger.Instance);
        _usage = new KeyUsage(_keys, _activity, () => new PriceList(_settings.Read().Prices), () => _settings.Read().TimeZone ?? terminal.Time.LocalTimeZone, terminal.Time);
    }

    /// <summary>The names in a directory, for a shell that completes them.</summary>
    public static IEnumerable<string> NamesIn(Terminal terminal, string? dataDirectory)
    {
        OptionsResult read = OptionsReader.Read(dataDirectory is null ? new() : new Dictionary<string, string> { ["data-dir"] = dataDirectory }, terminal.Variable);
        using ClientKeys keys = new(read.Options.DataDirectory, terminal.Time, NullLogger.Instance);
        return [.. keys.Read().All.Select(static key => key.Name)];
    }

    /// <summary>Writes a key to a new file: one that is in use already must not get lost.</summary>
    public static async Task WriteAsync(string path, string key)
    {
        string target = Path.GetFullPath(path);
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(target)!);
        await using FileStream stream = new(target, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(key + Environment.NewLine));
    }

    public async Task<int> ListAsync(CancellationToken cancellation)
    {
        KeyRing ring = _keys.Read();
        if (ring.IsUnreadable) return Outcome.Tell(_terminal, _asJson, success: false, $"{_keys.Path} cannot be read, so no client's key is accepted. Restore it from a backup, or delete it and add the keys again");
        KeyList list = await _usage.ReportAsync(_options.ApiKey is not null, cancellation);
        if (_asJson) _terminal.Out.WriteJson(list, KeyReportContext.Default.KeyList);
        else if (list.Keys.Count == 0) await _terminal.Out.WriteLineAsync("There are no keys for clients. Add one with: codex-claude-proxy keys add NAME");
        else WriteTable(list.Keys);
        return 0;
    }

    public Task<int> AddAsync(string name, Func<ClientKey, ClientKey> wanted, string? file, CancellationToken cancellation) => ChangeAsync(async () =>
    {
        string text = KeyText.GenerateForClient();
        bool isFirst = !_keys.Read().IsRequired && _options.ApiKey is null;
        RefuseExisting(file);
        ClientKey added = await _keys.AddAsync(text, key => wanted(key) with { Name = name.Trim() }, cancellation);
        return await TellAsync(text, added, file, isFirst ? "From now on every client must present a key, those on this machine too." : null, cancellation);
    });

    public Task<int> ChangeAsync(string name, Func<ClientKey, ClientKey> wanted, CancellationToken cancellation) => ChangeAsync(async () =>
    {
        if (await _keys.ChangeAsync(name, wanted, cancellation) is not { } changed) return NoSuchKey(name);
        if (_asJson) _terminal.Out.WriteJson(await _usage.ShowAsync(changed, cancellation), KeyReportContext.Default.ShownKey);
        else WriteTable([await _usage.ShowAsync(changed, cancellation)]);
        return 0;
    });

    public Task<int> RenewAsync(string name, string? file, CancellationToken cancellation) => ChangeAsync(async () =>
    {
        string text = KeyText.GenerateForClient();
        RefuseExisting(file);
        return await _keys.RenewAsync(name, text, cancellation) is { } renewed ? await TellAsync(text, renewed, file, "The key before it no longer works.", cancellation) : NoSuchKey(name);
    });

    public Task<int> RevokeAsync(string name, CancellationToken cancellation) => ChangeAsync(async () =>
    {
        if (await _keys.RemoveAsync(name, cancellation) is not { } removed) return NoSuchKey(name);
        bool isOpen = !_keys.Read().IsRequired && _options.ApiKey is null;
        return Outcome.Tell(_terminal, _asJson, success: true, $"The key '{removed.Name}' was revoked", isOpen ? "It was the last key: clients need none any more." : null);
    });

    public async ValueTask DisposeAsync()
    {
        await _activity.DisposeAsync();
        _settings.Dispose();
        _keys.Dispose();
    }

    private async Task<int> ChangeAsync(Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (KeyRefusedException e)
        {
            return Outcome.Tell(_terminal, _asJson, success: false, e.Message);
        }
    }

    private int NoSuchKey(string name) => Outcome.Tell(_terminal, _asJson, success: false, $"There is no key named {name}. See: codex-claude-proxy keys list");

    /// <summary>Before the key is made: it could not be shown again.</summary>
    private static void RefuseExisting(string? file)
    {
        if (file is not null && (File.Exists(file) || Directory.Exists(file))) throw new UsageException($"{file} is there already. Choose another name.");
    }

    private async Task<int> TellAsync(string text, ClientKey key, string? file, string? note, CancellationToken cancellation)
    {
        if (file is not null) await WriteAsync(file, text);
        if (_asJson)
        {
            _terminal.Out.WriteJson(new NewKey(text, await _usage.ShowAsync(key, cancellation)), KeyReportContext.Default.NewKey);
            return 0;
        }

        // The key alone on the output, so that a script can take it.
        await _terminal.Out.WriteLineAsync(file is null ? text : $"The key '{key.Name}' is in {file}");
        string about = $"This is the key '{key.Name}'. It is shown this once. Claude Code takes it as ANTHROPIC_AUTH_TOKEN, other clients as their API key.";
        if (file is null) await _terminal.Error.WriteLineAsync(about);
        if (note is not null) await _terminal.Error.WriteLineAsync(note);
        return 0;
    }

    private void WriteTable(IReadOnlyList<ShownKey> keys)
    {
        List<string[]> rows = [Heading, .. keys.Select(Row)];
        int[] widths = [.. Heading.Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows) _terminal.Out.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private string[] Row(ShownKey key) =>
    [
        key.Name, key.Start + "…", key.Models is { } models ? string.Join(", ", models) : "all",
        string.Create(CultureInfo.InvariantCulture, $"{key.RequestsToday:#,0} requests, {key.TokensToday:#,0} tokens"),
        key.Limits.Count == 0 ? "none" : string.Join("; ", key.Limits.Select(static limit => new KeyLimit(limit.Kind, limit.Span, limit.Maximum, limit.Model).Usage(limit.Used) + (limit.Reached ? " (reached)" : ""))),
        key.LastUsed is { } used ? Clock(used) : "never", key.Expired ? "expired" : key.Expires is { } end ? Clock(end) : "never",
    ];

    private string Clock(DateTimeOffset moment) => TimeText.Clock(moment, _terminal.Time.GetUtcNow(), _usage.Zone);
}
