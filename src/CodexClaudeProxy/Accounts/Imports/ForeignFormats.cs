using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>The files of other programs. A format is recognised by what the file holds, never by its name.</summary>
internal static class ForeignFormats
{
    public const string Codex = "Codex CLI";
    public const string CliProxyApi = "CLIProxyAPI";
    public const string OpenCode = "opencode";
    public const string CodexLb = "codex-lb";
    public const string Sub2Api = "sub2api";
    public const string CodexProxy = "codex-proxy";
    public const string Own = "codex-claude-proxy";
    public const string TokenExport = "token export";
    public const string Lines = "tokens, one a line";

    public const int MostEntries = 500;

    private const string UnknownProblem = "it has no format that is known here";

    /// <summary>The first that recognises an object reads it; null means that it is not its format. A more particular one stands before a more general one.</summary>
    private static readonly Func<JsonElement, IEnumerable<FoundAccount>?>[] Objects = [CodexLbAnswer, CodexFile, Sub2ApiExport, OpenCodeFile, AccountsInList, SingleAccount];

    /// <summary>All entries of a file, also those that cannot be imported; at least one.</summary>
    public static IReadOnlyList<FoundAccount> Read(ImportFile file)
    {
        IEnumerable<FoundAccount> found = file.Problem is { } problem ? [ForeignEntry.Unusable(null, problem)]
            : ForeignZip.Is(file.Content) ? ForeignZip.Read(file)
            : ReadText(file.Content);
        FoundAccount[] entries = [.. Limited(found).Select(entry => entry.File.Length > 0 ? entry : entry with { File = file.Name })];
        return entries.Length > 0 ? entries : [ForeignEntry.Unusable(null, "it holds no account") with { File = file.Name }];
    }

    /// <summary>The first ones, and behind them that there are more.</summary>
    public static IEnumerable<FoundAccount> Limited(IEnumerable<FoundAccount> found) =>
        found.Select(static (entry, at) => at < MostEntries ? entry : ForeignEntry.Unusable(null, $"only {MostEntries} entries are read at once") with { File = entry.File }).Take(MostEntries + 1);

    /// <summary>JSON, or one token or object a line.</summary>
    public static IEnumerable<FoundAccount> ReadText(ReadOnlyMemory<byte> content)
    {
        if (TryParse(content) is { } root)
        {
            using (root) return [.. ReadValue(root.RootElement, inList: false).Take(MostEntries + 1)];
        }

        string[] lines = ForeignJson.TextOf(content).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines is [['{' or '[', ..] first, ..] && TryParse(Encoding.UTF8.GetBytes(first)) is null) return [ForeignEntry.Unusable(null, "it is not valid JSON")];
        FoundAccount[] found = [.. lines.Where(static line => line[0] != '#').SelectMany(ReadLine).Take(MostEntries + 1)];
        // A text that has no token in any line is another kind of file, not many broken entries.
        return found.Length > 0 && found.All(static entry => entry.Tool is null) ? [ForeignEntry.Unusable(null, UnknownProblem)] : found;
    }

    private static IEnumerable<FoundAccount> ReadLine(string line)
    {
        if (line[0] == '{' && TryParse(Encoding.UTF8.GetBytes(line)) is { } root)
        {
            using (root) return [.. ReadValue(root.RootElement, inList: true)];
        }

        if (line.StartsWith("eyJ", StringComparison.Ordinal) || line.StartsWith("at-", StringComparison.Ordinal)) return [ForeignEntry.Of(Lines, line, null, null, default)];
        if (line.StartsWith("rt_", StringComparison.Ordinal) || line.StartsWith("oaistb_rt_", StringComparison.Ordinal)) return [ForeignEntry.Of(Lines, null, line, null, default)];
        return [ForeignEntry.Unusable(null, "the line holds no token")];
    }

    private static IEnumerable<FoundAccount> ReadValue(JsonElement value, bool inList)
    {
        if (value.ValueKind == JsonValueKind.Array && !inList) return value.EnumerateArray().SelectMany(static entry => ReadValue(entry, inList: true));
        if (value.ValueKind != JsonValueKind.Object) return [ForeignEntry.Unusable(null, UnknownProblem)];
        return Objects.Select(read => read(value)).FirstOrDefault(static found => found is not null) ?? [ForeignEntry.Unusable(null, UnknownProblem)];
    }

    /// <summary>An export of one account holds the same tokens in several programs' forms.</summary>
    private static IEnumerable<FoundAccount>? CodexLbAnswer(JsonElement root)
    {
        JsonElement form = root.Member("codexAuthJson") is { ValueKind: not JsonValueKind.Undefined } codex ? codex : root.Member("opencodeAuthJson");
        if (form.ValueKind == JsonValueKind.Undefined) return null;
        if (form.ValueKind != JsonValueKind.String) return Named(ReadValue(form, inList: true));
        using JsonDocument? text = TryParse(Encoding.UTF8.GetBytes(form.GetString()!));
        return text is null ? [ForeignEntry.Unusable(CodexLb, "the form inside it is not valid JSON")] : [.. Named(ReadValue(text.RootElement, inList: true))];

        static IEnumerable<FoundAccount> Named(IEnumerable<FoundAccount> found) => found.Select(static entry => entry with { Tool = CodexLb });
    }

    private static IEnumerable<FoundAccount>? CodexFile(JsonElement root)
    {
        bool isCodex = root.Member("tokens").ValueKind == JsonValueKind.Object || root.Member("auth_mode").ValueKind != JsonValueKind.Undefined || root.Member("OPENAI_API_KEY").ValueKind != JsonValueKind.Undefined;
        if (!isCodex) return null;
        CodexAuthFile file = CodexAuthFile.Parse(Encoding.UTF8.GetBytes(root.GetRawText()));
        if (file.Tokens is not { } tokens)
        {
            return [ForeignEntry.Unusable(Codex, file.HoldsApiKey
                ? "Codex is signed in with an API key. Sign in with ChatGPT (codex login) and import again" : "it holds no tokens of a ChatGPT sign-in")];
        }

        FoundAccount found = ForeignEntry.Of(Codex, tokens.AccessToken, tokens.RefreshToken, tokens.IdToken, root.Member("tokens"));
        // As in its own file, what stands beside the tokens is the workspace that was chosen.
        if (found.Tokens is null) return [found];
        return [tokens.IsPlain ? ForeignEntry.ProxyOf(found, root) with { AccountId = tokens.AccountId ?? "", Tokens = tokens } : ForeignEntry.Unusable(Codex, ForeignEntry.NotPlain)];
    }

    private static IEnumerable<FoundAccount>? Sub2ApiExport(JsonElement root) => root.Text("type") != "sub2api-data" ? null
        : root.Items("accounts").Select(static entry => entry.Text("platform") == "openai" && entry.Text("type") == "oauth"
            ? Sub2ApiAccount(entry)
            : ForeignEntry.Unusable(Sub2Api, $"it is no ChatGPT sign-in, but {Word(entry.Text("platform"))} with {Word(entry.Text("type"))}"));

    private static FoundAccount Sub2ApiAccount(JsonElement entry)
    {
        FoundAccount found = ForeignEntry.ProxyOf(ForeignEntry.Read(entry.Member("credentials"), Sub2Api), entry);
        return found with { Label = ForeignEntry.LabelOf(entry.Text("name"), found.Email) };
    }

    private static FoundAccount[]? OpenCodeFile(JsonElement root)
    {
        JsonElement provider = root.Member("openai");
        if (provider.ValueKind != JsonValueKind.Object) return null;
        FoundAccount[] several =
        [
            .. from place in (JsonElement[])[provider, provider.Member("native"), provider.Member("codex")]
               from entry in place.Items("accounts")
               select ForeignEntry.Read(entry, OpenCode),
        ];
        if (several.Length > 0) return several;
        return provider.Text("type") == "oauth" ? [ForeignEntry.Read(provider, OpenCode)] : [ForeignEntry.Unusable(OpenCode, "opencode is signed in to OpenAI with an API key, not with ChatGPT")];
    }

    private static IEnumerable<FoundAccount>? AccountsInList(JsonElement root)
    {
        if (root.Member("accounts").ValueKind != JsonValueKind.Array) return null;
        bool isOurs = root.Member("activeAccount").ValueKind != JsonValueKind.Undefined;
        return root.Items("accounts").Select(entry => ForeignEntry.Read(entry, isOurs ? Own : entry.Text("access") is not null ? OpenCode : CodexProxy));
    }

    private static IEnumerable<FoundAccount>? SingleAccount(JsonElement root)
    {
        string? type = root.Text("type");
        if (!ForeignEntry.HoldsTokens(root)) return null;
        return type is null or "codex" or "oauth"
            ? [ForeignEntry.Read(root, type == "codex" ? CliProxyApi : TokenExport)]
            : [ForeignEntry.Unusable(CliProxyApi, $"it is no ChatGPT sign-in, but one of {Word(type)}")];
    }

    /// <summary>A word out of a file, short and on one line.</summary>
    private static string Word(string? text) => text is null ? "unknown" : string.Concat(text.Where(static sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '.').Take(30));

    private static JsonDocument? TryParse(ReadOnlyMemory<byte> content)
    {
        try
        {
            return ForeignJson.ParseFile(content);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
