using System.Text.Json;
using CodexClaudeProxy.Tests.Login;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary><c>accounts reset</c>: what it shows and asks, and that nothing is spent without a yes.</summary>
public sealed class AccountResetTests
{
    private static readonly FakeUser User = new("one@x.com", "acc-1", "user-1");

    [Fact]
    public async Task A_program_must_say_that_it_means_it()
    {
        await using LoginShell shell = await StartAsync(interactive: false);

        Assert.Equal(2, await shell.RunAsync("accounts", "reset", "one@x.com"));
        Assert.Equal("This spends a banked reset. To skip the question: codex-claude-proxy accounts reset one@x.com --yes\n", shell.Errors.ToString());
        Assert.Empty(shell.Backend.Resets.Spent(User));

        Assert.Equal(0, await shell.RunAsync("accounts", "reset", "one@x.com", "--yes", "--json"));
        JsonElement answer = JsonDocument.Parse(shell.Output.ToString()).RootElement;
        Assert.Equal((true, "The reset was redeemed. The usage has fallen."), (answer.GetProperty("success").GetBoolean(), answer.GetProperty("message").GetString()));
        Assert.Equal(["soon"], shell.Backend.Resets.Spent(User));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("n", 1)]
    [InlineData("y", 0)]
    public async Task A_person_sees_the_resets_and_the_advice_and_is_asked(string answer, int code)
    {
        await using LoginShell shell = await StartAsync(interactive: true);
        shell.Input.Type(answer);

        Assert.Equal(code, await shell.RunAsync("accounts", "reset", "one@x.com"));

        Assert.Contains("one@x.com has 2 banked resets.\n  expires ", shell.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Redeeming one now gives back the 7d quota window, which otherwise resets in 3d 1", shell.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Redeem the reset that expires ", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("This cannot be undone. [y/N]", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(code == 0 ? ["soon"] : [], shell.Backend.Resets.Spent(User));
        if (code == 1) Assert.Contains("No reset was redeemed.", shell.Errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_accounts_tells_how_many_there_are_and_what_is_not_there_cannot_be_redeemed()
    {
        await using LoginShell shell = await StartAsync(interactive: false);
        await shell.RunAsync("accounts", "verify");
        await shell.RunAsync("accounts", "list");
        Assert.Contains(", 2 banked resets\n", shell.Output.ToString(), StringComparison.Ordinal);

        foreach (string id in (string[])["soon", "late"])
        {
            shell.Backend.Resets.UseUp(User);
            Assert.Equal(0, await shell.RunAsync("accounts", "reset", "one@x.com", "--yes"));
        }

        Assert.Equal(1, await shell.RunAsync("accounts", "reset", "one@x.com", "--yes"));
        Assert.Contains("one@x.com has no banked reset.", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await shell.RunAsync("accounts", "reset", "two@x.com", "--yes"));
    }

    private static async Task<LoginShell> StartAsync(bool interactive)
    {
        LoginShell shell = await LoginShell.StartAsync();
        shell.Auth.Devices.ApproveAllAs = User;
        Assert.Equal(0, await shell.RunAsync("login", "--device"));
        shell.Backend.Resets.Give(User, "late", TimeProvider.System.GetUtcNow().AddDays(20));
        shell.Backend.Resets.Give(User, "soon", TimeProvider.System.GetUtcNow().AddDays(2));
        shell.Backend.Resets.UseUp(User);
        shell.RestartAs(interactive);
        return shell;
    }
}
