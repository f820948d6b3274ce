using CodexClaudeProxy.Accounts.Store;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Login;

/// <summary><c>--headless-login</c>: a sign-in by pasting, then the proxy.</summary>
public sealed class LoginBeforeServingTests
{
    private const string Question = "Paste the callback URL or authorization code: ";
    private const string Banner = "For Claude Code, in another terminal:";

    [Theory]
    [InlineData("--headless-login")]
    [InlineData("--headless-login", "serve")]
    [InlineData("serve", "--headless-login")]
    [InlineData("start", "--headless-login", "--drain", "0")]
    [InlineData("--drain", "0", "--headless-login")]
    public async Task It_signs_in_by_pasting_and_then_serves(params string[] arguments)
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.IsInteractive = true;

        Task<int> running = shell.RunAsync(arguments);
        await shell.Errors.Contains(Question);
        Assert.DoesNotContain(Banner, shell.Output.ToString(), StringComparison.Ordinal);
        shell.Input.Type(await LoginShell.SignInElsewhereAsync(await shell.AddressAsync()));

        await shell.Output.Contains(Banner);
        Assert.Equal("dev@example.com", Assert.Single(shell.Accounts.All).Email);
        // The next step is being taken.
        Assert.DoesNotContain("Next: start the proxy", shell.Output.ToString(), StringComparison.Ordinal);
        await EndAsync(shell, running);
    }

    [Fact]
    public async Task It_renews_an_account_that_is_there()
    {
        await using LoginShell shell = await SignedInAsync();
        Account before = Assert.Single(shell.Accounts.All);
        shell.RestartAs(interactive: true);

        Task<int> running = shell.RunAsync("--headless-login");
        await shell.Errors.Contains(Question);
        shell.Input.Type(await LoginShell.SignInElsewhereAsync(await shell.AddressAsync()));

        await shell.Output.Contains(Banner);
        Assert.NotEqual(before.RefreshToken, Assert.Single(shell.Accounts.All).RefreshToken);
        await EndAsync(shell, running);
    }

    [Fact]
    public async Task What_is_pasted_may_come_through_a_pipe()
    {
        await using LoginShell shell = await LoginShell.StartAsync();

        Task<int> running = shell.RunAsync("--headless-login");
        shell.Input.Type(await LoginShell.SignInElsewhereAsync(await shell.AddressAsync()));

        await shell.Output.Contains(Banner);
        await EndAsync(shell, running);
    }

    [Fact]
    public async Task Without_anything_to_read_an_account_is_enough()
    {
        await using LoginShell shell = await SignedInAsync();
        shell.RestartAs(interactive: false);
        shell.Input.End();

        Task<int> running = shell.RunAsync("--headless-login");

        await shell.Output.Contains(Banner);
        Assert.Contains("the proxy starts with the account it has", shell.Errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("oauth/authorize", shell.Output.ToString(), StringComparison.Ordinal);
        await EndAsync(shell, running);
    }

    [Fact]
    public async Task Without_anything_to_read_and_without_an_account_it_ends()
    {
        await using LoginShell shell = await LoginShell.StartAsync();
        shell.Input.End();

        Assert.Equal(1, await shell.RunAsync("serve", "--headless-login"));

        Assert.Equal("", shell.Output.ToString());
        Assert.StartsWith("--headless-login: no account is signed in", Assert.Single(shell.Errors.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_that_ends_without_an_answer_counts_as_none()
    {
        await using LoginShell shell = await SignedInAsync();
        shell.RestartAs(interactive: false);

        Task<int> running = shell.RunAsync("--headless-login");
        await shell.Errors.Contains(Question);
        shell.Input.End();

        await shell.Output.Contains(Banner);
        await EndAsync(shell, running);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refused_sign_in_ends_it_even_where_there_is_an_account(bool isInteractive)
    {
        await using LoginShell shell = await SignedInAsync();
        shell.RestartAs(isInteractive);
        shell.Auth.AuthorizeError = "access_denied";

        Task<int> running = shell.RunAsync("--headless-login");
        shell.Input.Type(await LoginShell.SignInElsewhereAsync(await shell.AddressAsync()));

        Assert.Equal(1, await running);
        Assert.Contains("OAuth error: access_denied", shell.Errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--demo", "--headless-login")]
    [InlineData("--headless-login", "login")]
    [InlineData("login", "--headless-login")]
    [InlineData("--headless-login", "--port", "x")]
    public async Task Wrong_usage_is_code_2(params string[] arguments)
    {
        await using LoginShell shell = await LoginShell.StartAsync();

        Assert.Equal(2, await shell.RunAsync(arguments));
        Assert.Single(shell.Errors.ToString().TrimEnd().Split('\n'));
    }

    private static async Task<LoginShell> SignedInAsync()
    {
        LoginShell shell = await LoginShell.StartAsync();
        shell.Auth.Devices.ApproveAllAs = FakeAuth.DefaultUser;
        Assert.Equal(0, await shell.RunAsync("login", "--device"));
        return shell;
    }

    private static async Task EndAsync(LoginShell shell, Task<int> running)
    {
        await shell.InterruptAsync();
        Assert.Equal(0, await running);
    }
}
