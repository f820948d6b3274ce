using System.Text.Json;
using CodexClaudeProxy.Tests.Login;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary><c>accounts remove</c> and <c>accounts clear</c>: what they ask, and what they leave behind.</summary>
public sealed class AccountRemovalTests
{
    private static readonly FakeUser One = new("one@x.com", "acc-1", "user-1"), Two = new("two@x.com", "acc-2", "user-2"), TwoAtWork = new("two@x.com", "acc-3", "user-2", "team");

    [Fact]
    public async Task A_program_is_not_asked_and_the_sign_in_stays_unless_it_says_revoke()
    {
        await using LoginShell shell = await StartAsync(One, Two);

        Assert.Equal(0, await shell.RunAsync("accounts", "remove", "one@x.com"));
        Assert.DoesNotContain(shell.Auth.Received.All, request => request.Path == "/oauth/revoke");

        shell.Output.Clear();
        Assert.Equal(0, await shell.RunAsync("accounts", "remove", "two@x.com", "--revoke", "--json"));
        JsonElement answer = JsonDocument.Parse(shell.Output.ToString()).RootElement;
        Assert.Equal((true, "Account removed: two@x.com. Its sign-in was revoked at the issuer."), (answer.GetProperty("success").GetBoolean(), answer.GetProperty("message").GetString()));
        Assert.Single(shell.Auth.Received.All, request => request.Path == "/oauth/revoke");
        Assert.True(shell.Accounts.All.IsEmpty);
        Assert.Equal("", shell.Errors.ToString());
    }

    [Theory]
    [InlineData("y", 1)]
    [InlineData("", 0)]
    public async Task At_a_terminal_revoking_is_asked(string answer, int revocations)
    {
        await using LoginShell shell = await StartAsync(One);
        shell.IsInteractive = true;
        shell.Input.Type(answer);

        Assert.Equal(0, await shell.RunAsync("accounts", "remove", "one@x.com"));

        Assert.Contains("Also revoke the sign-in at OpenAI", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(revocations, shell.Auth.Received.All.Count(request => request.Path == "/oauth/revoke"));
        Assert.True(shell.Accounts.All.IsEmpty);
    }

    [Fact]
    public async Task Without_a_name_the_account_is_chosen_from_a_list()
    {
        await using LoginShell shell = await StartAsync(One, Two);
        Assert.Equal(2, await shell.RunAsync("accounts", "remove"));

        shell.RestartAs(interactive: true);
        shell.Input.Type("0");
        Assert.Equal(1, await shell.RunAsync("accounts", "remove"));
        Assert.Equal(2, shell.Accounts.All.Length);

        shell.Input.Type("2");
        Assert.Equal(0, await shell.RunAsync("accounts", "remove", "--revoke", "false"));
        Assert.Equal("one@x.com", Assert.Single(shell.Accounts.All).Email);
    }

    [Fact]
    public async Task A_name_that_fits_several_or_none_says_what_there_is()
    {
        await using LoginShell shell = await StartAsync(One, Two, TwoAtWork);

        Assert.Equal(1, await shell.RunAsync("accounts", "remove", "two@x.com"));
        Assert.Equal("two@x.com means 2 accounts. Name one of: two@x.com:acc-2, two@x.com:acc-3\n", shell.Errors.ToString());
        shell.Errors.Clear();
        Assert.Equal(1, await shell.RunAsync("accounts", "disable", "three@x.com"));
        Assert.Equal("Account not found: three@x.com. There are: one@x.com, two@x.com\n", shell.Errors.ToString());
        Assert.Equal(3, shell.Accounts.All.Count(account => account.Enabled));

        Assert.Equal(0, await shell.RunAsync("accounts", "label", "acc-3", "Work"));
        Assert.Equal(0, await shell.RunAsync("accounts", "remove", "work"));
        Assert.Equal(["acc-1", "acc-2"], shell.Accounts.All.Select(account => account.AccountId));
    }

    [Fact]
    public async Task Clearing_asks_and_then_removes_all()
    {
        await using LoginShell shell = await StartAsync(One, Two);
        Assert.Equal(2, await shell.RunAsync("accounts", "clear"));
        Assert.Contains("accounts clear --yes", shell.Errors.ToString(), StringComparison.Ordinal);

        shell.RestartAs(interactive: true);
        shell.Input.Type("n");
        Assert.Equal(1, await shell.RunAsync("accounts", "clear"));
        Assert.Equal(2, shell.Accounts.All.Length);
        shell.Input.Type("y");
        shell.Input.Type("y");
        Assert.Equal(0, await shell.RunAsync("accounts", "clear"));
        Assert.True(shell.Accounts.All.IsEmpty);
        Assert.Equal(2, shell.Auth.Received.All.Count(request => request.Path == "/oauth/revoke"));
        Assert.Equal(0, await shell.RunAsync("accounts", "clear", "--yes"));
        Assert.Equal("Removed all 2 accounts\nThere is no account\n", shell.Output.ToString());
    }

    [Fact]
    public async Task Clearing_without_questions_revokes_only_on_demand()
    {
        await using LoginShell shell = await StartAsync(One, Two);
        shell.IsInteractive = true;

        Assert.Equal(0, await shell.RunAsync("accounts", "clear", "--yes"));

        Assert.True(shell.Accounts.All.IsEmpty);
        Assert.DoesNotContain(shell.Auth.Received.All, request => request.Path == "/oauth/revoke");
    }

    [Theory]
    [InlineData("list")]
    [InlineData("refresh")]
    [InlineData("verify")]
    public async Task What_reads_accounts_prints_json_on_demand(string command)
    {
        await using LoginShell shell = await StartAsync(One, Two);

        Assert.Equal(0, await shell.RunAsync("accounts", command, "--json"));

        JsonElement answer = JsonDocument.Parse(shell.Output.ToString()).RootElement;
        JsonElement accounts = command == "list" ? answer.GetProperty("accounts") : answer;
        Assert.Equal(["one@x.com", "two@x.com"], accounts.EnumerateArray().Select(account => account.GetProperty("email").GetString()));
        Assert.Equal("", shell.Errors.ToString());
    }

    [Fact]
    public async Task Every_sub_command_of_the_list_is_there()
    {
        await using LoginShell shell = await StartAsync();

        Assert.Equal(0, await shell.RunAsync("accounts", "--help"));

        foreach (string command in (string[])["list", "add", "import", "remove", "clear", "switch", "refresh", "verify", "enable", "disable", "export", "label", "priority", "reserve"])
            Assert.Matches($@"\n  {command} ", shell.Output.ToString());
    }

    private static async Task<LoginShell> StartAsync(params FakeUser[] users)
    {
        LoginShell shell = await LoginShell.StartAsync();
        foreach (FakeUser user in users)
        {
            shell.Auth.Devices.ApproveAllAs = user;
            Assert.Equal(0, await shell.RunAsync("login", "--device"));
        }

        shell.RestartAs(interactive: false);
        return shell;
    }
}
