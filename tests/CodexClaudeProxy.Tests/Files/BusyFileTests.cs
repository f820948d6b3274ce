using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Tests.Files;

public sealed class BusyFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-files-");

    private string Target => Path.Combine(_directory.FullName, "file");

    [Theory]
    [InlineData(5, 1)]
    [InlineData(5, 12)]
    [InlineData(32, 1)]
    [InlineData(32, 12)]
    public void A_move_that_fails_several_times_because_the_file_is_open_happens_in_the_end(int error, int failures)
    {
        string temporary = Path.Combine(_directory.FullName, "new");
        File.WriteAllText(temporary, "new");
        File.WriteAllText(Target, "old");
        int calls = 0;

        BusyFile.Retry(() =>
        {
            if (++calls <= failures) throw Failure(error);
            File.Move(temporary, Target, overwrite: true);
        }, OnWindows, static _ => { });

        Assert.Equal((failures + 1, "new"), (calls, File.ReadAllText(Target)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(32)]
    public void What_stays_open_is_given_up_after_some_two_seconds(int error)
    {
        TimeSpan waited = TimeSpan.Zero;

        Exception told = Assert.ThrowsAny<Exception>(() => BusyFile.Retry(() => throw Failure(error), OnWindows, pause => waited += pause));

        Assert.Equal(Failure(error).Message, told.Message);
        Assert.InRange(waited, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.2));
    }

    [Theory]
    [InlineData(112)]
    [InlineData(3)]
    public void What_waiting_does_not_help_is_told_at_once(int error) =>
        Assert.Throws<IOException>(() => BusyFile.Retry(() => throw Failure(error), OnWindows, static _ => Assert.Fail("It waited.")));

    [Fact]
    public void Elsewhere_the_same_numbers_mean_something_else()
    {
        Assert.False(BusyFile.IsBusy(Failure(5), onWindows: false));
        Assert.False(BusyFile.IsBusy(new IOException("Broken pipe", 32), onWindows: false));
    }

    [Fact]
    public async Task A_directory_goes_as_soon_as_nobody_has_a_file_in_it_open()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Elsewhere an open file stands in nobody's way.");
        DirectoryInfo inner = _directory.CreateSubdirectory("inner");
        CancellationToken stop = TestContext.Current.CancellationToken;
        FileStream open = new(Path.Combine(inner.FullName, "file"), FileMode.CreateNew, FileAccess.Write, FileShare.None);

        Task deleted = Task.Run(() => BusyFile.DeleteDirectory(inner.FullName), stop);
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
        Assert.True(inner.Exists);
        await open.DisposeAsync();
        await deleted;

        inner.Refresh();
        Assert.False(inner.Exists);
    }

    [Fact]
    public void A_write_leaves_nothing_but_the_file_and_a_time_of_its_own()
    {
        AtomicFile.Write(Target, "one"u8);
        DateTime future = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1);
        AtomicFile.Write(Target, "two"u8, after: future);

        Assert.Equal("two"u8, BusyFile.Read(Target));
        Assert.True(File.GetLastWriteTimeUtc(Target) > future);
        Assert.Single(_directory.GetFileSystemInfos());
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static bool OnWindows(Exception e) => BusyFile.IsBusy(e, onWindows: true);

    /// <summary>As the base library reports Windows' errors.</summary>
    private static Exception Failure(int error) =>
        error == 5 ? new UnauthorizedAccessException("Access is denied.") : new IOException($"Windows error {error}", unchecked((int)0x80070000) | error);
}
