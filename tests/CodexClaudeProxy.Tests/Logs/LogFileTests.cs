using System.Runtime.Versioning;
using CodexClaudeProxy.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CodexClaudeProxy.Tests.Logs;

public sealed partial class LogFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-log-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero));

    private string Path => System.IO.Path.Combine(_directory.FullName, "logs", "proxy.log");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Lines_are_added_to_a_file_that_only_its_owner_reads()
    {
        await WriteAsync(1000, 2, "one");
        await WriteAsync(1000, 2, "two");

        Assert.Equal(["one", "two"], await LinesAsync(Path));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_that_was_there_keeps_its_rights()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Rights are Unix's.");
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        await File.WriteAllTextAsync(Path, "zero\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path, Mode);

        await WriteAsync(1000, 2, "one");

        Assert.Equal(["zero", "one"], await LinesAsync(Path));
        Assert.Equal(Mode, File.GetUnixFileMode(Path));
    }

    [Fact]
    public async Task A_full_file_is_set_aside_and_the_oldest_are_forgotten()
    {
        await WriteAsync(19, 2, "aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd", "eeeeeeee", "ffffffff", "g");

        Assert.Equal(["g"], await LinesAsync(Path));
        Assert.Equal(["eeeeeeee", "ffffffff"], await LinesAsync(Path + ".1"));
        Assert.Equal(["cccccccc", "dddddddd"], await LinesAsync(Path + ".2"));
        Assert.False(File.Exists(Path + ".3"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_moved_because_it_is_read_grows_on_until_it_can()
    {
        await WriteAsync(19, 2, "aaaaaaaa");
        // Nothing can be moved to where a directory is.
        Directory.CreateDirectory(Path + ".0");
        await WriteAsync(19, 2, "bbbbbbbb", "cccccccc", "dddddddd");
        Assert.Equal(["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"], await LinesAsync(Path));
        Assert.False(File.Exists(Path + ".1"));

        Directory.Delete(Path + ".0");
        await WriteAsync(19, 2, "eeeeeeee");

        Assert.Equal(["eeeeeeee"], await LinesAsync(Path));
        Assert.Equal(["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"], await LinesAsync(Path + ".1"));
    }

    [Fact]
    public async Task A_line_longer_than_a_file_still_gets_one()
    {
        await WriteAsync(10, 1, "a", new string('x', 100), "b");

        Assert.Equal(["b"], await LinesAsync(Path));
        Assert.Equal([new string('x', 100)], await LinesAsync(Path + ".1"));
    }

    [Fact]
    public async Task Whoever_moves_empties_or_deletes_the_file_does_no_harm()
    {
        await using var log = new LogFile(Path, 1000, 2, _time);
        log.Write("one");
        await UntilAsync(() => File.Exists(Path) && new FileInfo(Path).Length > 0);

        File.Move(Path, Path + ".old");
        log.Write("two");
        await UntilAsync(() => File.Exists(Path) && new FileInfo(Path).Length > 0);
        Assert.Equal(["two"], await LinesAsync(Path));

        await File.WriteAllTextAsync(Path, "", TestContext.Current.CancellationToken);
        log.Write("three");
        await UntilAsync(() => new FileInfo(Path).Length > 0);
        Assert.Equal(["three"], await LinesAsync(Path));

        Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
        log.Write("four");
        await UntilAsync(() => File.Exists(Path) && new FileInfo(Path).Length > 0);
        Assert.Equal(["four"], await LinesAsync(Path));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_once_and_tried_again()
    {
        // A directory in its place: for root, too, nothing can be written there.
        Directory.CreateDirectory(Path);
        var log = new LogFile(Path, 1000, 2, _time);
        await using var journal = new Journal(_time) { File = log };
        ILogger logger = journal.CreateLogger("Test");

        Hello(logger, 1);
        await UntilAsync(() => journal.Ring.Entries.Any(entry => entry.Message.StartsWith($"The log file {Path} cannot be written: ", StringComparison.Ordinal)));
        Directory.Delete(Path);
        Hello(logger, 2);
        await UntilAsync(() =>
        {
            _time.Advance(LogFile.RetryAfter);
            return journal.Ring.Entries.Any(entry => entry.Message.Contains("is written again", StringComparison.Ordinal));
        });

        Assert.Equal([LogLevel.Information, LogLevel.Warning, LogLevel.Information, LogLevel.Warning], journal.Ring.Entries.Select(entry => entry.Level));
        Assert.EndsWith("1 lines are missing", journal.Ring.Entries[^1].Message, StringComparison.Ordinal);
        Assert.Contains(await LinesAsync(Path), line => line.EndsWith("Z info  hello 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_file_speaks_json_where_the_console_does()
    {
        await using (var journal = new Journal(_time) { Format = LogFormat.Json, File = new LogFile(Path, 1000, 2, _time) }) Hello(journal.CreateLogger("Test"), 1);

        Assert.Equal(["""{"time":"2026-11-25T08:00:00+00:00","level":"info","category":"Test","event":8,"message":"hello 1","fields":{"Number":1}}"""], await LinesAsync(Path));
    }

    private async Task WriteAsync(long mostBytes, int keep, params string[] lines)
    {
        await using var log = new LogFile(Path, mostBytes, keep, _time);
        foreach (string line in lines) log.Write(line);
    }

    private static Task<string[]> LinesAsync(string path) => File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        for (int i = 0; i < 2000; i++)
        {
            if (isTrue()) return;
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Fail("It never became true.");
    }

    [LoggerMessage(8, LogLevel.Information, "hello {Number}")]
    private static partial void Hello(ILogger log, int number);
}
