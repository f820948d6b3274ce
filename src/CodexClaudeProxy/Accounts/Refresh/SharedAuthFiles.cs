using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Accounts.Refresh;

/// <summary>
/// The files in Codex's format that share an account's tokens: its copy in the data directory, and for an imported account Codex's own.
/// A refresh by one program signs the others out, so newer pairs are read from the file and refreshed ones are written back.
/// </summary>
internal sealed class SharedAuthFiles(AccountStore store, CodexHome codex, TimeProvider time, ILogger logger)
{
    /// <summary>Takes over a newer pair of the same account; null when there is none.</summary>
    /// <param name="current">The account as it is on disk.</param>
    /// <param name="orEqual">Our own pair is known to be dead, so another of the same second is better.</param>
    public async Task<Account?> AdoptAsync(Account current, bool orEqual)
    {
        string[] paths = current.IsImported ? [store.Directory.AuthFile(current), codex.AuthFile] : [store.Directory.AuthFile(current)];
        foreach (string path in paths)
        {
            if (CodexAuthFile.Read(path) is not { Tokens: { RefreshToken: not null } tokens } file || !file.Belongs(current)) continue;
            if (tokens.RefreshToken == current.RefreshToken || tokens.Claims.IssuedAt is not { } issued) continue;
            bool newer = current.IssuedAt is not { } ours || (orEqual ? issued >= ours : issued > ours);
            if (!newer || !await store.UpdateAsync(document => document.ReplaceTokens(current, current.RefreshToken, tokens), CancellationToken.None)) continue;
            Log.Adopted(logger, current.Key, path);
            return store.Read().Find(current);
        }

        return null;
    }

    /// <summary>Keeps the official client signed in: its file gets the new pair if it still holds the one that is spent now.</summary>
    public void WriteBack(string? spent, Account renewed)
    {
        if (!renewed.IsImported) return;
        try
        {
            if (CodexAuthFile.Read(codex.AuthFile) is { } file && file.Belongs(renewed) && file.Tokens!.RefreshToken == spent)
            {
                CodexAuthFile.Write(codex.AuthFile, renewed, time.GetUtcNow(), PrivateFiles.ModeOf(codex.AuthFile));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.WriteBackFailed(logger, renewed.Key, codex.AuthFile, e.Message);
        }
    }
}
