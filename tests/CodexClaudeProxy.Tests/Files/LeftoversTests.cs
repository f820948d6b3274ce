using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Tests.Files;

/// <summary>What killed processes leave, and what living ones have.</summary>
public sealed class LeftoversTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ccp-leftovers-");

    [Fact]
    public void The_settings_of_a_run_are_there_as_long_as_it_lives()
    {
        using (RunSettings run = new(_directory.FullName, "{}"u8))
        {
            Age();
            RunSettings.Sweep(_directory.FullName);
            Assert.Equal("{}"u8, File.ReadAllBytes(run.Path));
        }

        Assert.Empty(_directory.GetFiles());
    }

    [Fact]
    public void The_settings_of_a_killed_run_are_swept()
    {
        Write("run-1.json", "run-1.lock", "run-mine.txt");
        RunSettings.Sweep(_directory.FullName);
        Assert.Equal(3, _directory.GetFiles().Length);

        Age();
        RunSettings.Sweep(_directory.FullName);

        Assert.Equal("run-mine.txt", Assert.Single(_directory.GetFiles()).Name);
    }

    [Fact]
    public void The_directory_of_a_killed_demo_is_swept_and_that_of_a_living_one_is_not()
    {
        DirectoryInfo dead = Claimed("demo-dead");
        DirectoryInfo alive = Claimed("demo-alive");
        DirectoryInfo unclaimed = _directory.CreateSubdirectory("demo-other");
        foreach (DirectoryInfo directory in _directory.GetDirectories()) MakePrivate(directory);
        Age();
        using FileStream claim = new(Path.Combine(alive.FullName, TemporaryDirectory.ClaimName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        TemporaryDirectory.Sweep(_directory.FullName, "demo-");

        Assert.Equal((false, true, true), (Directory.Exists(dead.FullName), Directory.Exists(alive.FullName), Directory.Exists(unclaimed.FullName)));
    }

    [Fact]
    public void A_temporary_directory_is_gone_with_its_owner()
    {
        TemporaryDirectory temporary = new("ccp-test-");
        File.WriteAllText(Path.Combine(temporary.Info.FullName, "file"), "");

        temporary.Dispose();

        Assert.False(Directory.Exists(temporary.Info.FullName));
    }

    [Fact]
    public void Half_written_files_of_killed_writers_are_swept()
    {
        string ours = $".state.json.{Guid.NewGuid():N}.tmp";
        Write(ours, ".theirs.tmp", "state.json");
        AtomicFile.Sweep(_directory.FullName);
        Assert.True(File.Exists(Path.Combine(_directory.FullName, ours)));

        Age();
        AtomicFile.Sweep(_directory.FullName);

        Assert.Equal([".theirs.tmp", "state.json"], _directory.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private DirectoryInfo Claimed(string name)
    {
        DirectoryInfo directory = _directory.CreateSubdirectory(name);
        File.WriteAllText(Path.Combine(directory.FullName, TemporaryDirectory.ClaimName), "");
        return directory;
    }

    private static void MakePrivate(DirectoryInfo directory)
    {
        if (!OperatingSystem.IsWindows()) directory.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    }

    private void Write(params string[] names)
    {
        foreach (string name in names) File.WriteAllText(Path.Combine(_directory.FullName, name), "");
    }

    private void Age()
    {
        foreach (FileInfo file in _directory.GetFiles("*", SearchOption.AllDirectories)) file.LastWriteTimeUtc = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-5);
    }
}
