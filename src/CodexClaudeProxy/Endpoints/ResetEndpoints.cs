using System.ComponentModel;
using CodexClaudeProxy.Accounts.Reports;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>Showing the banked resets of an account, and redeeming one that a person has confirmed.</summary>
internal sealed class ResetEndpoints(AccountStore store, BankedResets resets, ResetReport report)
{
    public void MapTo(Routes routes) => routes
        .Get("/accounts/{email}/resets", ShowAsync)
        .Post("/accounts/{email}/reset", RedeemAsync);

    private async Task ShowAsync(HttpContext http)
    {
        if (await FindAsync(http) is { } account) await JsonReply.WriteAsync(http, await report.OfAsync(account, http.RequestAborted), ReportsContext.Default.AccountResets);
    }

    private async Task RedeemAsync(HttpContext http)
    {
        ResetChoice choice = await JsonBody.ReadAsync(http, EndpointsContext.Default.ResetChoice);
        if (choice is not { Confirmed: true } || choice.Credit is { Length: 0 }) throw JsonBody.Refusal(EndpointsContext.Default.ResetChoice, choice.Confirmed ? "credit" : "confirmed");
        if (await FindAsync(http) is not { } account) return;
        RedeemReply reply = await resets.RedeemAsync(account, choice.Credit, Redemption.ByPerson, http.RequestAborted);
        await JsonReply.WriteAsync(http, new OperationResult(reply.Success, reply.Message, reply.Note), HostingContext.Default.OperationResult);
    }

    /// <summary>What is spent is gone: an address that two accounts share does not say whose it is.</summary>
    private async Task<Account?> FindAsync(HttpContext http)
    {
        string address = (string)http.Request.RouteValues["email"]!;
        IReadOnlyList<Account> fitting = store.Read().FindAll(address);
        if (fitting is [var account]) return account;
        string problem = fitting.Count == 0 ? $"Account not found: {address}" : NamedAccount.Several(address, fitting);
        await JsonReply.WriteAsync(http, new OperationResult(false, problem), HostingContext.Default.OperationResult);
        return null;
    }
}

/// <summary>A reset to redeem.</summary>
/// <param name="Confirmed">A person has seen which account and which reset it is, and agreed.</param>
/// <param name="Credit">The reset's id; null for the one that expires first.</param>
internal sealed record ResetChoice(
    [property: Description("true: a person has agreed to spend this reset")] bool Confirmed,
    [property: Description("the id of one of the account's banked resets, or null")] string? Credit);
