using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>The account a route is about: the one <c>?email=</c> names, else the active one.</summary>
internal static class QueriedAccount
{
    /// <summary>Null when there is none; then it has been answered.</summary>
    public static async Task<Account?> FindAsync(HttpContext http, AccountList accounts)
    {
        string? address = http.Request.Query["email"];
        Account? found = string.IsNullOrEmpty(address) ? accounts.Active : accounts.Find(address);
        if (found is null) await WriteErrorAsync(http, StatusCodes.Status404NotFound, string.IsNullOrEmpty(address) ? "No active account" : $"Account not found: {address}");
        return found;
    }

    public static Task WriteErrorAsync(HttpContext http, int status, string message) =>
        JsonReply.WriteAsync(http, new ManagementError(Success: false, message), HostingContext.Default.ManagementError, status);
}
