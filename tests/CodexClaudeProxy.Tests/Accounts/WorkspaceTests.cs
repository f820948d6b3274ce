using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using FakeCodex;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>The workspace's name beside the account's.</summary>
public sealed class WorkspaceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("  Acme Inc. ", "Acme Inc.")]
    [InlineData("A\u001b[2Jcme\u202e\u200b\r\n", "A[2Jcme")]
    [InlineData("\u202e\t", null)]
    [InlineData("", null)]
    public void A_name_cannot_move_the_cursor_or_turn_the_text_around(string told, string? shown) =>
        Assert.Equal(shown, Workspace.Of(told, "workspace")!.Name);

    [Fact]
    public void A_name_has_at_most_64_characters_and_no_half_ones()
    {
        string name = Workspace.Of(new string('x', 63) + "😀y", "workspace")!.Name!;

        Assert.Equal(new string('x', 63) + "y", name);
    }

    [Fact]
    public void What_was_not_told_is_not_known() => Assert.Null(Workspace.Of(null, null));

    [Fact]
    public void It_is_written_as_it_is_read()
    {
        foreach (Workspace workspace in new Workspace[] { new("Acme", IsPersonal: false), new(null, IsPersonal: true) })
            Assert.Equal(workspace, Workspace.Read(JsonElement.Parse(workspace.Write().ToJsonString())));
    }

    [Fact]
    public void An_organisation_is_shown_and_a_personal_workspace_is_not()
    {
        Account work = Of("a@x.com", "11112222-3333", new Workspace("Acme", IsPersonal: false));
        Account own = Of("b@x.com", "44445555-6666", new Workspace("Mine", IsPersonal: true));
        Account unknown = Of("c@x.com", "77778888-9999", null);
        Account labelled = Of("d@x.com", "1", new Workspace("Acme", IsPersonal: false)) with { Label = "Work" };
        AccountList all = AccountList.Of([work, own, unknown, labelled], null, null);

        Assert.Equal(["a@x.com · Acme", "b@x.com", "c@x.com", "Work · Acme"], all.All.Select(all.NameOf));
    }

    [Fact]
    public void Two_accounts_of_one_address_are_told_apart()
    {
        Account named = Of("a@x.com", "11112222-3333", new Workspace("Acme", IsPersonal: false));
        Account nameless = Of("A@x.com", "44445555-6666", new Workspace(null, IsPersonal: true));
        AccountList all = AccountList.Of([named, nameless], null, null);

        Assert.Equal(["a@x.com · Acme", "A@x.com · 44445555"], all.All.Select(all.NameOf));
    }

    [Fact]
    public void An_account_is_found_by_the_name_that_is_shown_and_by_the_workspaces()
    {
        Account acme = Of("a@x.com", "1", new Workspace("Acme", IsPersonal: false)), other = Of("a@x.com", "2", new Workspace("Other", IsPersonal: false));
        AccountList all = AccountList.Of([acme, other], null, null);

        Assert.Same(other, all.Find("a@x.com · Other"));
        Assert.Same(other, all.Find("other"));
        Assert.Null(NamedAccount.Find(all, "a@x.com", out string problem));
        Assert.Contains("a@x.com:1 (Acme), a@x.com:2 (Other)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_comes_with_the_usage_and_stays_when_an_answer_has_none()
    {
        await using RefreshScene scene = await RefreshScene.StartAsync();
        scene.Backend.AccountsCheck = user => Reply.Json(200, $$"""{"accounts":[{"id":"{{user.AccountId}}","name":"Acme","structure":"workspace"}]}""");
        await scene.SignInAsync(TimeSpan.FromDays(10));
        Assert.Null(scene.OnDisk.Workspace);

        await scene.Usage.FetchAsync(scene.OnDisk, Stop);
        Assert.Equal(new Workspace("Acme", IsPersonal: false), scene.OnDisk.Workspace);

        scene.Backend.AccountsCheck = user => Reply.Json(200, $$"""{"accounts":[{"id":"{{user.AccountId}}"}]}""");
        await scene.Usage.FetchAsync(scene.OnDisk, Stop);
        scene.Backend.AccountsCheck = _ => Reply.Json(500, "{}");
        await scene.Usage.FetchAsync(scene.OnDisk, Stop);
        Assert.Equal(new Workspace("Acme", IsPersonal: false), scene.OnDisk.Workspace);

        scene.Backend.AccountsCheck = user => Reply.Json(200, $$"""{"accounts":[{"id":"{{user.AccountId}}","name":"Acme Ltd","structure":"workspace"}]}""");
        await scene.Usage.FetchAsync(scene.OnDisk, Stop);
        Assert.Equal("Acme Ltd", scene.OnDisk.Workspace?.Name);
    }

    private static Account Of(string email, string id, Workspace? workspace) => new() { Email = email, AccountId = id, Workspace = workspace };
}
