using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Backups;

/// <summary>Which files of the data directory a backup holds. Everything else belongs to the machine, or is fetched anew.</summary>
internal static class BackupContent
{
    public const string Accounts = "accounts.json";
    public const string Statistics = "activity.db";

    /// <summary>No file but the statistics is nearly as long.</summary>
    public const long LongestFile = 64 * 1024 * 1024;

    public static readonly (string Name, string Meaning)[] Files =
    [
        (Accounts, "accounts with their tokens, labels and priorities"),
        ("settings.json", "settings, with model mappings and prices"),
        ("keys.json", "clients' keys, as hashes, with models and limits"),
        ("config.json", "options, with an access key if it is in there"),
        ("state.json", "cooldowns, used-up quotas and the accounts of conversations"),
        ("alert-channels.json", "where alerts go, with addresses and tokens"),
        ("alerts.json", "which alerts were sent"),
        ("resets.json", "redeemed resets of the last day"),
        ("lessons.json", "what upstream refused before"),
        (Statistics, "statistics and the request log"),
    ];

    public static bool IsKnown(string name) => Array.Exists(Files, file => file.Name == name);
}

/// <summary>What stands at the beginning of a backup's content.</summary>
/// <param name="Version">Of the program that made it.</param>
/// <param name="Files">In the order of their contents, which follow.</param>
internal sealed record BackupManifest(string Program, string Version, DateTimeOffset Created, IReadOnlyList<BackupEntry> Files);

internal sealed record BackupEntry(string Name, long Size);

/// <summary>A restore that is under way: should it be interrupted, everything is put back.</summary>
/// <param name="SafetyCopy">The directory with what was there before.</param>
/// <param name="Before">The files that were there.</param>
/// <param name="Files">The files that come.</param>
internal sealed record RestoreJournal(string SafetyCopy, IReadOnlyList<string> Before, IReadOnlyList<string> Files);

/// <summary>The contracts of this room.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(RestoreJournal))]
internal sealed partial class BackupsContext : JsonSerializerContext;
