using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Accounts.Imports;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Quota;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Protocol;

namespace CodexClaudeProxy.Endpoints;

/// <summary>
/// Listing, choosing, importing, refreshing and removing accounts. As in the original, an operation that fails answers 200 with
/// <c>success: false</c>, because its clients look only there.
/// </summary>
internal sealed class AccountEndpoints(AccountStore store, AccountReport report, TokenRefresher tokens, AccountUsage usage, CodexImport import)
{
    public required Logout Logout { get; init; }

    public required AccountPool Pool { get; init; }

    public void MapTo(Routes routes) => routes
        .Get("/accounts", http => JsonReply.WriteAsync(http, report.List(), ReportsContext.Default.AccountsReport))
        .Get("/accounts/status", http => JsonReply.WriteAsync(http, report.Summary(), ReportsContext.Default.AccountsSummary))
        .Post("/accounts/import", ImportAsync)
        .Post("/accounts/switch", SwitchAsync)
        .Post("/accounts/refresh", http => RefreshAsync(http, address: null))
        .Post("/accounts/refresh/all", RefreshAllAsync)
        .Post("/accounts/{email}/refresh", http => RefreshAsync(http, AddressOf(http)))
        .Patch("/accounts/{email}", ChangeAsync)
        .Delete("/accounts/{email}", RemoveAsync);

    /// <summary>Without members, the Codex CLI's sign-in; else what comes with the request, or a preview. A path in a request is never opened.</summary>
    private async Task ImportAsync(HttpContext http)
    {
        ImportRequest request = await JsonBody.ReadAsync(http, ImportsContext.Default.ImportRequest);
        CodexImport through = import.Through(LoginEndpoints.ProxyOf(request.Proxy, account: null, store, ImportsContext.Default.ImportRequest));
        CancellationToken ct = http.RequestAborted;
        if (request is { Files: null, Accounts: null, DryRun: not true })
        {
            ImportResult result = await through.ImportAsync(path: null, ct);
            // The quota and the workspace's routing come with it; the import has succeeded also without them.
            if (result.Account is { } account) await usage.FetchAsync(account, ct);
            await WriteAsync(http, new ImportReport(result.Success, result.Message, result.Note));
            return;
        }

        IReadOnlyList<ImportFile> files = request.Files is { } uploaded ? ReadUploaded(uploaded) : await through.ReadOwnAsync(ct);
        if (request.DryRun == true)
        {
            await WriteAsync(http, through.FromFiles.Preview(files));
            return;
        }

        (ImportReport report, IReadOnlyList<Account> imported) = await through.FromFiles.ImportAsync(files, request.Accounts?.ToHashSet(), ct);
        await usage.WelcomeAsync(imported, ct);
        await WriteAsync(http, report);
    }

    private static IReadOnlyList<ImportFile> ReadUploaded(IReadOnlyList<UploadedFile> uploaded)
    {
        if (uploaded.Count > ImportReader.MostFiles || uploaded.Any(static file => file is null || (file.Text is null) == (file.Base64 is null)))
            throw JsonBody.Refusal(ImportsContext.Default.ImportRequest, "files");
        int room = ImportReader.LongestInAll;
        return [.. uploaded.Select((file, at) =>
        {
            string name = string.Concat(PlainText.Of(file.Name is { Length: > 0 } told ? told : $"file {at + 1}").Take(200));
            byte[] content = file.Base64 is { } packed ? Decode(packed) : Encoding.UTF8.GetBytes(file.Text!);
            if (content.Length >= ImportReader.LongestFile) return new ImportFile(name, default, "it is longer than 1 MB");
            room -= content.Length;
            return room < 0 ? new ImportFile(name, default, "all files together are longer than 4 MB") : new ImportFile(name, content);
        })];
    }

    private static byte[] Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw JsonBody.Refusal(ImportsContext.Default.ImportRequest, "files");
        }
    }

    private static Task WriteAsync(HttpContext http, ImportReport report) => JsonReply.WriteAsync(http, report, ImportsContext.Default.ImportReport);

    private async Task SwitchAsync(HttpContext http)
    {
        if (await JsonBody.ReadAsync(http, EndpointsContext.Default.AccountChoice) is not { Email: { } address })
        {
            await WriteOutcomeAsync(http, false, "Email is required", StatusCodes.Status400BadRequest);
            return;
        }

        Account? chosen = await store.UpdateAsync(document =>
        {
            Account? found = document.Accounts.Find(address);
            if (found is not null) document.SetActive(found);
            return found;
        }, http.RequestAborted);
        await (chosen is null
            ? WriteNotFoundAsync(http, address)
            : WriteOutcomeAsync(http, true, $"Switched to account: {chosen.Email}", note: SwitchNote.Of(Pool, chosen, Times.Iso)));
    }

    /// <summary>Sets what the owner decides about an account. All members are checked before the first is changed; null is the default.</summary>
    private async Task ChangeAsync(HttpContext http)
    {
        using JsonDocument body = await JsonBody.ReadAsync(http);
        List<Action<AccountsDocument, Account>> changes = [];
        foreach (JsonProperty member in body.RootElement.EnumerateObject())
        {
            changes.Add(AccountPreferences.Read(member.Name, member.Value)
                ?? throw new InvalidRequestException(ApiError.Invalid($"{member.Name}: {AccountPreferences.RuleOf(member.Name, member.Value)}", member.Name)));
        }

        string address = AddressOf(http);
        Account? changed = await store.UpdateAsync(document =>
        {
            Account? found = document.Accounts.Find(address);
            if (found is not null) changes.ForEach(change => change(document, found));
            return found;
        }, http.RequestAborted);
        await (changed is null ? WriteNotFoundAsync(http, address) : WriteOutcomeAsync(http, true, $"Account changed: {changed.Email}"));
    }

    private async Task RemoveAsync(HttpContext http)
    {
        string address = AddressOf(http);
        // Gone is gone: an address that two accounts share does not say which.
        if (store.Read().FindAll(address) is { Count: > 1 } several)
        {
            await WriteOutcomeAsync(http, false, NamedAccount.Several(address, several));
            return;
        }

        LogoutResult? result = await Logout.RemoveAsync(address, revoke: http.Request.Query["revoke"] == "true", http.RequestAborted);
        await (result is null ? WriteNotFoundAsync(http, address) : WriteOutcomeAsync(http, true, result.Message, note: result.Warning));
    }

    private async Task RefreshAsync(HttpContext http, string? address)
    {
        AccountList accounts = store.Read();
        if ((address is null ? accounts.Active : accounts.Find(address)) is not { } account)
        {
            await (address is null ? WriteOutcomeAsync(http, false, "No active account") : WriteNotFoundAsync(http, address));
            return;
        }

        (bool success, string message) = await RefreshAsync(account, http.RequestAborted);
        await WriteOutcomeAsync(http, success, message);
    }

    private async Task RefreshAllAsync(HttpContext http)
    {
        Account[] accounts = [.. store.Read().All.Where(account => account.RefreshToken is not null)];
        var results = new (bool Success, string Message)[accounts.Length];
        // Each writes the account file several times: more of them at once would only wait for each other.
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = http.RequestAborted };
        await Parallel.ForAsync(0, accounts.Length, limit, async (i, ct) => results[i] = await RefreshAsync(accounts[i], ct));
        AccountOutcome[] outcomes = [.. accounts.Zip(results, (account, result) => new AccountOutcome(account.Email, null, result.Success, result.Message))];
        await JsonReply.WriteAsync(http, outcomes, ReportsContext.Default.AccountOutcomeArray);
    }

    private async Task<(bool Success, string Message)> RefreshAsync(Account account, CancellationToken ct)
    {
        RefreshOutcome outcome = await tokens.RefreshAsync(account, "forced", ct);
        // What is left is worth knowing also with the old token, as long as that lives.
        if (outcome.Account is not { } renewed)
        {
            await usage.FetchAsync(account, ct);
            return (false, outcome.Failure!.Message);
        }

        await usage.FetchAsync(renewed, ct);
        return (true, $"Token refreshed for: {renewed.Email}");
    }

    private static string AddressOf(HttpContext http) => (string)http.Request.RouteValues["email"]!;

    private static Task WriteNotFoundAsync(HttpContext http, string address) => WriteOutcomeAsync(http, false, $"Account not found: {address}");

    /// <param name="note">What else the owner should know; not a member of the original's answers.</param>
    private static Task WriteOutcomeAsync(HttpContext http, bool success, string message, int status = StatusCodes.Status200OK, string? note = null) =>
        JsonReply.WriteAsync(http, new OperationResult(success, message, note), HostingContext.Default.OperationResult, status);
}

/// <summary>The account to prefer from now on.</summary>
/// <param name="Email">Its e-mail address, id, account id or label.</param>
internal sealed record AccountChoice(
    [property: Description("an account's e-mail address, id, account id or label"), JsonConverter(typeof(LenientText))] string? Email);
