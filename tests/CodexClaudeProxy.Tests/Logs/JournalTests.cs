using System.Text.Json;
using CodexClaudeProxy.Logs;
using CodexClaudeProxy.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Logs;

public sealed partial class JournalTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 3, 44, TimeSpan.Zero));
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void People_read_time_level_and_message()
    {
        using var log = new Journal(_time) { Console = _output };

        Signed(log.CreateLogger("Accounts"), "a@b.c", 2);

        Assert.Equal("12:03:44 info  a@b.c signed in, 2 accounts\n", _output.ToString());
    }

    [Fact]
    public void A_message_cannot_forge_a_second_line()
    {
        using var log = new Journal(_time) { Console = _output };

        Signed(log.CreateLogger("Accounts"), "x\n12:00:00 error \u001b[31m", 1);

        Assert.Single(_output.ToString().TrimEnd().Split('\n'));
        Assert.DoesNotContain('\u001b', _output.ToString());
    }

    [Fact]
    public void The_systems_journal_reads_a_priority_and_knows_the_time_itself()
    {
        using var log = new Journal(_time) { Console = _output, Reader = ConsoleReader.Journal, Level = LogLevel.Trace };
        ILogger accounts = log.CreateLogger("Accounts");

        foreach (LogLevel level in new[] { LogLevel.Debug, LogLevel.Information, LogLevel.Warning, LogLevel.Error }) accounts.Log(level, 0, "said", null, static (text, _) => text);
        accounts.Log(LogLevel.Error, 0, "failed", new IOException("one\ntwo"), static (text, _) => text);

        Assert.Equal("<7>said\n<6>said\n<4>said\n<3>said\n<3>failed\n<3>System.IO.IOException: one\n<3>two\n", _output.ToString());
    }

    [Fact]
    public void The_systems_journal_takes_objects_with_a_priority_too()
    {
        using var log = new Journal(_time) { Console = _output, Reader = ConsoleReader.Journal, Format = LogFormat.Json };

        Signed(log.CreateLogger("Accounts"), "a@b.c", 2);

        Assert.StartsWith("<6>{", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_a_service_manager_keeps_has_the_day()
    {
        using var log = new Journal(_time) { Console = _output, Reader = ConsoleReader.File };

        Signed(log.CreateLogger("Accounts"), "a@b.c", 2);

        Assert.Equal("2026-11-22T12:03:44.000Z info  a@b.c signed in, 2 accounts\n", _output.ToString());
    }

    [Fact]
    public void Machines_read_one_object_a_line()
    {
        using var log = new Journal(_time) { Console = _output, Format = LogFormat.Json };

        Signed(log.CreateLogger("Accounts"), "ä\n", 2);

        Assert.Single(_output.ToString().TrimEnd().Split('\n'));
        JsonElement line = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal("info", line.GetProperty("level").GetString());
        Assert.Equal("Accounts", line.GetProperty("category").GetString());
        Assert.Equal(7, line.GetProperty("event").GetInt32());
        Assert.Equal("ä\n signed in, 2 accounts", line.GetProperty("message").GetString());
        Assert.Equal("""{"Name":"ä\n","Count":2}""", line.GetProperty("fields").GetRawText());
        Assert.Equal(_time.GetUtcNow(), line.GetProperty("time").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_console_that_is_stuck_holds_up_nobody()
    {
        using var released = new ManualResetEventSlim();
        await using (var log = new Journal(_time) { Console = new QueuedWriter(new StuckWriter(_output, released)) })
        {
            ILogger accounts = log.CreateLogger("Accounts");
            for (int i = 0; i < 5_000; i++) Signed(accounts, "a@b.c", i);

            Assert.Equal(1_000, log.Ring.Entries.Count);
            released.Set();
        }

        string[] lines = _output.ToString().TrimEnd().Split('\n');
        Assert.InRange(lines.Length, 2_000, 4_100);
        Assert.EndsWith("a@b.c signed in, 0 accounts", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.EndsWith("lines were not shown, because the output was blocked", StringComparison.Ordinal));
    }

    [Fact]
    public void An_exception_is_shown_without_its_secrets()
    {
        using var log = new Journal(_time) { Console = _output };

        Broke(log.CreateLogger("Accounts"), new InvalidOperationException("refresh_token=opaque-but-secret"));

        Assert.Contains("InvalidOperationException: refresh_token=[redacted]", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("opaque-but-secret", _output.ToString() + log.Ring.Entries.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_for_machines_hold_no_secrets()
    {
        using var log = new Journal(_time) { Console = _output, Format = LogFormat.Json, Redaction = new Redaction("open sesame") };

        Signed(log.CreateLogger("Accounts"), "open sesame", 1);

        Assert.Contains("""{"Name":"[redacted]","Count":1}""", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("open sesame", _output.ToString(), StringComparison.Ordinal);
    }

    private sealed class StuckWriter(TextWriter output, ManualResetEventSlim released) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            released.Wait(TestContext.Current.CancellationToken);
            output.WriteLine(value);
        }
    }

    [LoggerMessage(6, LogLevel.Error, "It broke")]
    private static partial void Broke(ILogger log, Exception exception);

    [LoggerMessage(7, LogLevel.Information, "{Name} signed in, {Count} accounts")]
    private static partial void Signed(ILogger log, string name, int count);
}
