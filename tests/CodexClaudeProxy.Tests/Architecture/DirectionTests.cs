using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Tests.Architecture;

/// <summary>Who may call whom. Folders are rooms, also those inside another; the doors between them open in one direction.</summary>
public sealed class DirectionTests
{
    [Fact]
    public void No_room_of_the_program_is_reached_from_itself() => Assert.Null(Cycle(SourceTree.Uses(SourceTree.Program)));

    [Fact]
    public void No_room_of_the_protocol_is_reached_from_itself() => Assert.Null(Cycle(SourceTree.Uses(SourceTree.Protocol)));

    [Fact]
    public void A_cycle_would_be_found()
    {
        Dictionary<string, HashSet<string>> uses = new() { ["a"] = ["b"], ["b"] = ["c"], ["c"] = ["b"], ["d"] = [] };

        Assert.Equal("b → c → b", Cycle(uses));
    }

    [Fact]
    public void A_cycle_of_a_room_and_one_inside_it_would_be_found()
    {
        SourceFile[] files =
        [
            new("P", "Outer", "A.cs", "using P.Outer.Inner;\n\ninternal sealed class A;"),
            new("P", "Outer.Inner", "B.cs", "internal sealed class B(A a);"),
        ];

        Assert.Equal("Outer → Outer.Inner → Outer", Cycle(SourceTree.Uses(files)));
    }

    [Theory]
    [InlineData("Endpoints", "Composition")]
    [InlineData("CommandLine", "Program")]
    [InlineData("Composition", "CommandLine", "Demo")]
    public void Only_the_top_of_the_house_calls(string room, params string[] callers)
    {
        foreach ((string user, HashSet<string> used) in SourceTree.Uses(SourceTree.Program))
        {
            if (!callers.Contains(user)) Assert.DoesNotContain(room, used);
        }
    }

    /// <summary>Of the rooms beside it; of the room around it nothing, because that one is on top.</summary>
    [Theory]
    [InlineData("Accounts.Tokens")]
    [InlineData("Accounts.Store", "Tokens")]
    [InlineData("Accounts.Refresh", "Tokens", "Store")]
    [InlineData("Accounts.Quota", "Tokens", "Store", "Refresh")]
    [InlineData("Accounts.Pool", "Store", "Quota")]
    [InlineData("Accounts.Resets", "Store", "Refresh", "Quota", "Pool")]
    [InlineData("Accounts.Reports", "Store", "Quota", "Pool", "Resets")]
    [InlineData("Turns.Answers")]
    [InlineData("Turns.Memory")]
    [InlineData("Turns.Record")]
    [InlineData("Turns.Requests", "Answers", "Memory")]
    [InlineData("Turns.Checks", "Memory", "Record", "Requests")]
    [InlineData("Turns.Streaming", "Answers", "Checks", "Record", "Requests")]
    [InlineData("Turns.Attempt", "Answers", "Memory", "Record", "Requests", "Streaming")]
    public void A_room_inside_another_knows_no_more_of_it_than(string room, params string[] others)
    {
        string outer = room[..room.LastIndexOf('.')];
        Assert.Empty(Known(SourceTree.Program, room).Where(used => IsIn(used, outer)).Except(others.Select(other => $"{outer}.{other}")));
    }

    [Theory]
    [InlineData("Upstream", "Login", "Turns", "Hosting")]
    [InlineData("Accounts", "Turns", "Upstream", "Hosting")]
    [InlineData("Activity", "Turns", "Upstream", "Accounts", "Hosting")]
    [InlineData("Alerts", "Turns", "Upstream", "Login", "Hosting")]
    [InlineData("Logs", "Turns", "Upstream", "Accounts", "Login", "Settings", "Activity", "Hosting", "Endpoints")]
    [InlineData("Settings", "Turns", "Upstream", "Accounts", "Login", "Hosting", "Endpoints")]
    [InlineData("Keys", "Turns", "Hosting", "Endpoints", "Accounts")]
    [InlineData("Json", "Turns", "Upstream", "Accounts", "Login", "Settings", "Activity", "Files", "Logs", "Hosting", "Endpoints")]
    [InlineData("ClaudeCode", "Turns", "Upstream", "Accounts", "Hosting")]
    [InlineData("Doctor", "Turns", "Activity", "Dashboard", "Endpoints", "Login")]
    [InlineData("Network", "Turns", "Upstream", "Accounts", "Login", "Settings", "Activity", "Hosting", "Images", "Doctor")]
    [InlineData("Images", "Turns", "Upstream", "Accounts", "Settings", "Hosting")]
    [InlineData("Hosting", "Turns", "Upstream", "Accounts", "Login", "Activity", "ClaudeCode", "Dashboard")]
    public void A_room_does_not_know(string room, params string[] others) => Assert.DoesNotContain(Known(SourceTree.Program, room), used => others.Any(other => IsIn(used, other)));

    /// <summary>What two of them share lies below both: in <c>Turn</c>, or in the rooms of the conversion.</summary>
    [Theory]
    [InlineData("Messages", "MessagesToCodex", "CodexToMessages", "ChatCompletions", "Responses", "Kilo")]
    [InlineData("ChatCompletions", "Messages", "CodexToMessages", "Responses", "Kilo")]
    [InlineData("Responses", "Messages", "CodexToMessages", "ChatCompletions", "Kilo")]
    [InlineData("Kilo", "Messages", "MessagesToCodex", "CodexToMessages", "ChatCompletions", "Responses")]
    [InlineData("MessagesToCodex", "CodexToMessages", "ChatCompletions", "Responses", "Kilo")]
    [InlineData("CodexToMessages", "Messages", "ChatCompletions", "Responses", "Kilo")]
    public void A_protocol_reaches_into_no_other(string room, params string[] others) =>
        Assert.DoesNotContain(Known(SourceTree.Protocol, room), used => others.Any(other => IsIn(used, other)));

    [Theory]
    [InlineData("Json")]
    [InlineData("Sse", "Json")]
    [InlineData("Codex", "Json")]
    [InlineData("Tokens", "Json")]
    [InlineData("Turn", "Json", "Codex", "AutoMode")]
    [InlineData("MessagesToCodex.Context", "Json", "Codex", "Tokens", "Turn")]
    public void A_room_at_the_bottom_knows_no_more_than(string room, params string[] others) => Assert.Empty(Known(SourceTree.Protocol, room).Except(others));

    /// <summary>An attempt is handed a credential; which account that is, and how it stays fresh, is nothing to the client of the backend.</summary>
    [Fact]
    public void Upstream_knows_of_accounts_only_the_credential()
    {
        HashSet<string> types = [.. SourceTree.Program.Where(file => IsIn(file.Room, "Accounts")).SelectMany(file => file.Types)];
        foreach (SourceFile file in SourceTree.Program.Where(file => IsIn(file.Room, "Upstream")))
        {
            if (!file.Code.Contains("CodexClaudeProxy.Accounts", StringComparison.Ordinal)) continue;

            IEnumerable<string> known = Regex.Matches(file.Code, @"\w+").Select(word => word.Value).Where(types.Contains).Distinct();
            Assert.Empty(known.Except(["Credential", "WorkspaceRouting"]));
        }
    }

    [Theory]
    [InlineData("Accounts")]
    [InlineData("Activity")]
    [InlineData("ClaudeCode")]
    [InlineData("Images")]
    [InlineData("Keys")]
    [InlineData("Login")]
    [InlineData("Logs")]
    public void What_stands_beside_the_corridor_knows_no_http_request(string room)
    {
        foreach (SourceFile file in SourceTree.Program.Where(file => IsIn(file.Room, room)))
            Assert.False(Regex.IsMatch(file.Code, @"\bHttp(Context|Request|Response)\b"), $"{file} handles an HTTP request");
    }

    [Fact]
    public void The_protocol_is_pure()
    {
        foreach (SourceFile file in SourceTree.Protocol)
        {
            Assert.False(
                Regex.IsMatch(file.Code, @"\bMicrosoft\.(AspNetCore|Extensions)\b|\bSystem\.Net\.(Http|Sockets)\b|\b(File|Directory|TimeProvider|Stopwatch|HttpClient|Console)\.|\bTask\b"),
                $"{file} does I/O, waits, or looks at the clock");
        }
    }

    /// <summary>What judges tool calls reads what a client sent, and none of the translations.</summary>
    [Fact]
    public void Judging_calls_knows_no_translation() => Assert.Empty(SourceTree.Uses(SourceTree.Protocol)["AutoMode"].Except(["Json"]));

    /// <summary>The rooms a room and those inside it use, without these themselves.</summary>
    private static IEnumerable<string> Known(IReadOnlyList<SourceFile> files, string room) =>
        SourceTree.Uses(files).Where(one => IsIn(one.Key, room)).SelectMany(one => one.Value).Where(used => !IsIn(used, room)).Distinct();

    private static bool IsIn(string room, string outer) => room == outer || room.StartsWith(outer + ".", StringComparison.Ordinal);

    /// <summary>The first way found that leads back to where it began.</summary>
    private static string? Cycle(Dictionary<string, HashSet<string>> uses)
    {
        HashSet<string> done = [];
        List<string> path = [];
        return uses.Keys.Select(Visit).FirstOrDefault(cycle => cycle is not null);

        string? Visit(string room)
        {
            if (path.Contains(room)) return string.Join(" → ", [.. path.SkipWhile(step => step != room), room]);
            if (!done.Add(room)) return null;

            path.Add(room);
            string? cycle = uses[room].Select(Visit).FirstOrDefault(found => found is not null);
            path.Remove(room);
            return cycle;
        }
    }
}
