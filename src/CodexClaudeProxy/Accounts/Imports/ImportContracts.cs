using System.ComponentModel;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>What an import did, or would do.</summary>
/// <param name="Success">Whether any account was imported or is there already; before an import, whether any can be.</param>
/// <param name="Message">In one sentence.</param>
/// <param name="Note">What sharing the tokens with another program means from now on; absent when there is nothing to say.</param>
/// <param name="DryRun">Nothing was written. Absent for an import without members, of the Codex CLI's own sign-in.</param>
/// <param name="Entries">What became of each entry of each file. Absent as <paramref name="DryRun"/> is.</param>
internal sealed record ImportReport(
    bool Success,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? DryRun = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ImportedEntry>? Entries = null)
{
    /// <summary>An import would do nothing; of a preview only.</summary>
    [JsonIgnore]
    public bool ChangesNothing { get; init; }
}

/// <summary>One entry of a file.</summary>
/// <param name="File">The file's name; of an archive also the name inside.</param>
/// <param name="Tool">The program whose format it is; null where none is recognised.</param>
/// <param name="State"><c>new</c>, <c>update</c> (an account that is here gets these tokens), <c>unchanged</c>, <c>older</c> (the tokens here are newer and stay), <c>skipped</c> (not among the chosen ones) or <c>refused</c>.</param>
/// <param name="Reason">Why it is not imported, or what to know about it; null when there is nothing to say.</param>
/// <param name="Id">The account's id; null for an entry that is refused because it holds none.</param>
/// <param name="Email">Its e-mail address; null as <paramref name="Id"/> is.</param>
/// <param name="Plan">Its plan as the token says; null when it does not.</param>
/// <param name="ExpiresAt">The end of its access token; null when that does not tell.</param>
/// <param name="CanRefresh">Whether there is a refresh token; without one the account works until <paramref name="ExpiresAt"/>.</param>
/// <param name="Label">The label a new account gets; null for none.</param>
/// <param name="Enabled">Whether a new account is enabled.</param>
/// <param name="Priority">The priority a new account gets; lower comes first.</param>
/// <param name="ExcludedModels">The models a new account does not serve.</param>
internal sealed record ImportedEntry(
    string File, string? Tool, string State, string? Reason, string? Id, string? Email, string? Plan, DateTimeOffset? ExpiresAt, bool CanRefresh, string? Label,
    bool Enabled, int Priority, IReadOnlyList<string> ExcludedModels);

/// <summary>What is to be imported. Without any member it is the sign-in of the Codex CLI on this machine.</summary>
/// <param name="Files">The contents of files; 4 MB in all, 1 MB and 500 entries each. Without them the Codex CLI's own file is meant.</param>
/// <param name="DryRun">Only tell what an import would do.</param>
/// <param name="Accounts">Ids of the accounts to import, as a dry run tells them; all by default.</param>
/// <param name="Proxy">What everything of the accounts goes through, from their first request on, such as <c>socks5://user:password@host:1080</c> or <c>direct</c>; null for what the files say, else the environment's.</param>
internal sealed record ImportRequest(
    [property: Description("a list of at most 500 objects with name and text or base64")] IReadOnlyList<UploadedFile>? Files,
    [property: Description("true or false")] bool? DryRun,
    [property: Description("a list of ids of accounts")] IReadOnlyList<string>? Accounts,
    [property: Description(AccountProxy.Wanted)] string? Proxy)
{
    /// <summary>The proxy may hold a password, and the files hold tokens.</summary>
    public override string ToString() => "import";
}

/// <summary>A file whose content comes with the request; no path is ever opened.</summary>
/// <param name="Name">For the answer; it says nothing about the format.</param>
/// <param name="Text">The content as text.</param>
/// <param name="Base64">The content as bytes, such as an archive's.</param>
internal sealed record UploadedFile(string? Name, string? Text, string? Base64)
{
    public override string ToString() => Name ?? "";
}

/// <summary>The contracts of this room.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(IsoTime)])]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(ImportRequest))]
internal sealed partial class ImportsContext : JsonSerializerContext;
