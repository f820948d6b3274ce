using System.Text.Json;
using System.Text.Json.Nodes;
using CodexClaudeProxy.Accounts.Resets;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Backups;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.CommandLine;
using CodexClaudeProxy.Tests.Accounts;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.Tests.Files;

/// <summary>JSON's null is valid wherever a value is: none of our files may end the program by it, in whole or in any place.</summary>
public sealed class NullInFilesTests : IDisposable
{
    private static readonly Dictionary<string, string> Whole = new()
    {
        ["accounts.json"] = OriginalFiles.TwoAccounts,
        ["settings.json"] = """{"strategy":"sticky","reserves":{"7d":5},"modelMappings":{"a":"b"},"prices":{"gpt-6":{"input":1,"output":2}},"anthropicModels":["claude-*"],"timeZone":"UTC"}""",
        ["config.json"] = """{"port":1,"logLevel":"none","loginPorts":[1455,1457],"trustedProxies":["127.0.0.1"]}""",
        ["state.json"] = """
            {"version":1,"active":"a","last":"b","clocks":[{"account":"a","model":"m","exhaustedUntil":"2026-11-30T12:00:00.000Z","coolingUntil":"2026-11-30T12:00:00.000Z","reason":"r","since":"2026-11-30T12:00:00.000Z","fault":true}],
             "conversations":{"h":"a"},"history":[{"account":"a","limit":"l","windowSeconds":18000,"samples":"1795000000:5"}]}
            """,
        ["resets.json"] = """
            {"version":1,"all":[{"account":"a","requestId":"i","creditId":"c","creditExpiresAt":"2026-11-30T12:00:00.000Z","by":"person","at":"2026-11-30T12:00:00.000Z",
             "before":[{"seconds":18000,"percent":5}],"outcome":"reset","answeredAt":"2026-11-30T12:00:00.000Z","seenAt":"2026-11-30T12:00:00.000Z"}]}
            """,
        ["lessons.json"] = """{"version":1,"models":{"gpt-6":{"refused":["a"],"efforts":["max"],"lite":true,"phases":true,"learnt":"2026-11-30T12:00:00Z"}},"schemas":{"h":"2026-11-30T12:00:00Z"},"unreadableReasoning":{"a":["h"]}}""",
        ["models.json"] = """{"etag":"e","fetched_at":"2026-11-30T12:00:00Z","catalogue":{"models":[{"slug":"gpt-6","display_name":"GPT 6","supported_reasoning_levels":[{"effort":"low"}],"visibility":"list"}]}}""",
        ["restore.json"] = """{"safetyCopy":"before-restore-x","before":["accounts.json"],"files":["accounts.json","settings.json"]}""",
        ["claude-code/journal-x.json"] = """
            {"file":"f","at":"2026-11-30T12:00:00.000Z","action":"proxy","original":"o","written":"w","unbroken":true,"madeEnv":true,"madePermissions":true,
             "entries":{"env.ANTHROPIC_MODEL":{"before":"\"a\"","ours":"\"b\"","after":"x","gap":" "}}}
            """,
    };

    private readonly AccountFixture _fixture = new();

    public static TheoryData<string> Files => [.. Whole.Keys];

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_null_anywhere_is_read_or_told(string name)
    {
        string file = Path.Combine(_fixture.Data.Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        List<string> crashes = [];
        foreach (string text in Variants(Whole[name]))
        {
            File.WriteAllText(file, text);
            foreach (Func<Task> read in Readers(file))
            {
                try
                {
                    await read();
                }
                catch (Exception e) when (AccountStore.IsTrouble(e) || e is JsonException)
                {
                    // It is told as what it is: a damaged file.
                }
#pragma warning disable CA1031 // Each other one is a fault.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    crashes.Add($"{e.GetType().Name} for {text}");
                }
            }
        }

        Assert.Equal([], crashes);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"safetyCopy":null,"before":[],"files":[]}""")]
    [InlineData("""{"safetyCopy":"before-restore-x","before":null,"files":["accounts.json"]}""")]
    [InlineData("""{"safetyCopy":"before-restore-x","before":[],"files":[null]}""")]
    public void A_restore_journal_that_says_too_little_is_damaged(string text)
    {
        Directory.CreateDirectory(_fixture.Data.Root);
        File.WriteAllText(UnfinishedRestore.JournalOf(_fixture.Data), text);

        Assert.Contains("restore.json is damaged.", Assert.Throws<IOException>(() => UnfinishedRestore.RollBack(_fixture.Data)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(UnfinishedRestore.JournalOf(_fixture.Data)));
    }

    private IEnumerable<Func<Task>> Readers(string file)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        yield return () => Commands.RunAsync(["accounts", "--json", "--data-dir", _fixture.Data.Root], new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, static _ => null), stop);
        yield return () => Commands.RunAsync(["accounts", "--data-dir", _fixture.Data.Root], new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, static _ => null), stop);
        yield return async () =>
        {
            await using LessonsFile lessons = new(_fixture.Data.Root, new Lessons(TimeProvider.System), TimeProvider.System, NullLogger.Instance);
        };
        yield return async () =>
        {
            await using Catalogue catalogue = new(_fixture.Data.Root, static _ => throw new HttpRequestException("none"), TimeProvider.System, NullLogger.Instance);
            await catalogue.GetAsync(TimeSpan.FromMilliseconds(1), stop);
        };
        yield return () => Task.FromResult(new ResetJournal(_fixture.Data, TimeProvider.System).Read().Any(static redemption => redemption.IsAwaited));
        yield return () => Task.FromResult(SettingsJournal.Read(file).Entries.Select(static entry => (entry.Key.Name, entry.Value.Ours)).ToArray());
    }

    /// <summary>The file with null in each of its places in turn, and some whole files that are no object.</summary>
    private static IEnumerable<string> Variants(string whole)
    {
        foreach (string odd in (string[])["null", "{}", "[]", "[null]", "5", "\"x\""]) yield return odd;
        for (int place = 0; ; place++)
        {
            JsonNode root = JsonNode.Parse(whole)!;
            Action[] holes = [.. Holes(root)];
            if (place == holes.Length) yield break;
            holes[place]();
            yield return root.ToJsonString();
        }
    }

    private static IEnumerable<Action> Holes(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members.ToArray())
            {
                yield return () => members[name] = null;
                foreach (Action inner in value is null ? [] : Holes(value)) yield return inner;
            }
        }
        else if (node is JsonArray list)
        {
            for (int i = 0; i < list.Count; i++)
            {
                int at = i;
                yield return () => list[at] = null;
                foreach (Action inner in list[i] is { } value ? Holes(value) : []) yield return inner;
            }
        }
    }
}
