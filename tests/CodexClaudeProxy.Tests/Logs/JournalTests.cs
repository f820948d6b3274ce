using System.Text.Json;
using CodexClaudeProxy.Logs;
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

    [LoggerMessage(7, LogLevel.Information, "{Name} signed in, {Count} accounts")]
    private static partial void Signed(ILogger log, string name, int count);
}
