using System.Text;
using System.Text.Json;
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
    public const string NoAddress = "imported@unknown.com";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

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
            ImportResult result = await ImportJsonAsync(await ReadAsync(file, ct), ct);
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

    /// <summary>What comes over standard input.</summary>
    public async Task<ImportResult> ImportTextAsync(TextReader input, CancellationToken ct)
    {
        char[] text = new char[CodexAuthFile.Longest];
        int length = await input.ReadBlockAsync(text, ct);
        return length == text.Length ? ImportResult.Failed($"Import failed: {TooLong("the input")}") : await ImportJsonAsync(Encoding.UTF8.GetBytes(text, 0, length), ct);
    }

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

    /// <summary>A pipe may never get a writer, and a device never ends: a thread of its own reads them, and its result is awaited with a time limit.</summary>
    private async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        Task<byte[]> reading = Task.Factory.StartNew(() => Read(file), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await reading.WaitAsync(Patience, time, ct);
        }
        catch (TimeoutException)
        {
            throw new IOException($"{file} could not be read within {Patience.TotalSeconds:0} seconds; it seems not to be a regular file");
        }
    }

    private static byte[] Read(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[CodexAuthFile.Longest];
        int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length == content.Length ? throw new IOException(TooLong(file)) : content[..length];
    }

    private static string TooLong(string name) => $"{name} is longer than 1 MB and cannot be an auth.json";

    private Account Take(AccountsDocument document, TokenSet tokens)
    {
        DateTimeOffset now = time.GetUtcNow();
        string email = tokens.Claims.Email ?? NoAddress;
        Account? known = document.Accounts.Find(new Account { Email = email, AccountId = tokens.AccountId ?? "" });
        // A pair that works is not exchanged for an older one of the same account: that may have been spent long ago.
        if (known is { NeedsSignIn: null } && !known.CannotSend(now) && known.IssuedAt > tokens.Claims.IssuedAt)
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
