using System.Text.Json;
using CodexClaudeProxy.Accounts.Imports;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Login;

/// <summary>Takes over the sign-in of the official client. From then on both share one refresh token, see <see cref="TokenRefresher"/>.</summary>
internal sealed class CodexImport(AccountStore store, CodexHome codex, TimeProvider time)
{
    /// <summary>The original's placeholder for an account without an address.</summary>
    public const string NoAddress = ForeignEntry.NoAddress;

    /// <summary>What the imported account goes through from its first request on; null for no change.</summary>
    private AccountProxy? Proxy { get; init; }

    /// <summary>The same with a proxy for the account.</summary>
    /// <param name="proxy">Null for no change.</param>
    public CodexImport Through(AccountProxy? proxy) => new(store, codex, time) { Proxy = proxy };

    /// <param name="path">Another file than Codex's own.</param>
    public async Task<ImportResult> ImportAsync(string? path, CancellationToken ct)
    {
        try
        {
            string file = Path.GetFullPath(path ?? codex.AuthFile);
            ImportResult result = await ImportJsonAsync(await new ImportReader(time).ReadContentAsync(file, ct), ct);
            return result.Account is { RefreshToken: not null, IsImported: true } ? result with { Note = ExplainSharing(file) } : result;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ImportResult.Failed("No Codex auth.json found");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return ImportResult.Failed($"Import failed: {e.Message}");
        }
    }

    /// <summary>The same from files of any program, several at once.</summary>
    public AccountImport FromFiles => new(store, time) { Proxy = Proxy };

    /// <summary>Codex's own file, for a preview.</summary>
    public Task<IReadOnlyList<ImportFile>> ReadOwnAsync(CancellationToken ct) => new ImportReader(time).ReadAsync([codex.AuthFile], TextReader.Null, ct);

    public async Task<ImportResult> ImportJsonAsync(ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        CodexAuthFile file;
        try
        {
            file = CodexAuthFile.Parse(json);
        }
        catch (JsonException)
        {
            return ImportResult.Failed("Import failed: the file is not valid JSON");
        }

        if (file.Tokens is not { } tokens)
        {
            return ImportResult.Failed(file.HoldsApiKey
                ? "Import failed: Codex is signed in with an API key. Sign in with ChatGPT (codex login) and import again"
                : "No valid tokens in Codex auth.json");
        }

        if (!tokens.IsPlain) return ImportResult.Failed($"Import failed: {ForeignEntry.NotPlain}");
        Account account = await store.UpdateAsync(document => Take(document, tokens), ct);
        return new ImportResult(true, $"Imported account: {account.Email} ({account.PlanType})", account) { Note = account.RefreshToken is null ? ExplainEnd(account) : null };
    }

    /// <summary>What an import means from then on.</summary>
    /// <param name="path">As in <see cref="ImportAsync"/>.</param>
    public string ExplainSharing(string? path)
    {
        string file = Path.GetFullPath(path ?? codex.AuthFile);
        string consequence = file == Path.GetFullPath(codex.AuthFile)
            ? "After an import the Codex CLI and this proxy share one refresh token, which works only once: a refresh by one signs the other out. "
                + $"So the proxy writes each refreshed token back to {file}, and reads tokens refreshed by the Codex CLI from there. "
            : $"The refresh token in {file} works only once: after the first refresh here, other users of that file are signed out. ";
        return consequence + "To avoid this, sign in here instead: codex-claude-proxy login";
    }

    private static string ExplainEnd(Account account)
    {
        string end = account.ExpiresAt is { } at ? $"until {Times.Iso(at)} only" : "only as long as its access token is accepted";
        return $"The file holds no refresh token: the account works {end} and cannot be refreshed. To keep using it, sign in here before then: codex-claude-proxy login";
    }

    private Account Take(AccountsDocument document, TokenSet tokens)
    {
        DateTimeOffset now = time.GetUtcNow();
        string email = tokens.Claims.Email ?? NoAddress;
        Account? known = document.Accounts.Find(new Account { Email = email, AccountId = tokens.AccountId ?? "" });
        if (known is not null && PlannedEntry.IsOlder(tokens, known, now))
        {
            if (Proxy is not null) AccountPreferences.SetProxy(document, known, Proxy);
            return document.Accounts.Find(known)!;
        }

        return document.Upsert(tokens, email, "imported", now, Proxy);
    }
}

/// <param name="Message">For the owner; contains no token.</param>
/// <param name="Account">The account as stored; null after a failure.</param>
internal sealed record ImportResult(bool Success, string Message, Account? Account)
{
    /// <summary>What sharing the tokens means from now on.</summary>
    public string? Note { get; init; }

    public static ImportResult Failed(string message) => new(false, message, null);
}
