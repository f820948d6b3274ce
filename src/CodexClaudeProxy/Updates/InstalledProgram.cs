using System.Diagnostics;
using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Updates;

/// <summary>The file of the running program, and beside it the version before and the one that comes.</summary>
internal sealed class InstalledProgram
{
    /// <summary>How long a program may take to tell its version.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _ending;
    private readonly FileStamp _stamp;

    /// <param name="path">Not a link: a rename would only replace the link.</param>
    public InstalledProgram(string path)
    {
        Path = path;
        _ending = path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? path[^4..] : "";
        _stamp = FileStamp.Of(path);
    }

    public string Path { get; }

    public string Previous => Beside("previous");

    /// <summary>Where the version that comes is written and tried. In the same directory, because a rename must be enough in the end.</summary>
    public string Next => Beside("next");

    /// <summary>Null when this process was started by .NET's own program, which is not ours to exchange.</summary>
    public static InstalledProgram? Running()
    {
        if (Environment.ProcessPath is not { } path || System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet") return null;
        return new InstalledProgram(AtomicFile.Target(path).FullName);
    }

    /// <summary>
    /// Begins an exchange: until the result is disposed of, no other update of this program can. Two at once would write over what the other has
    /// verified, and the second would set aside the version of the first as the previous one.
    /// </summary>
    /// <exception cref="UpdateRefusedException">Another update is running or was faster, or the directory cannot be written.</exception>
    public IDisposable Begin()
    {
        string path = Beside("lock");
        FileStream turn;
        try
        {
            turn = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.DeleteOnClose });
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new UpdateRefusedException($"Another update of {Path} is running. Nothing was changed.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotBeWritten(path, e);
        }

        if (FileStamp.Of(Path) == _stamp) return turn;
        turn.Dispose();
        throw new UpdateRefusedException($"Another update was faster: {Path} is another file by now. Nothing was changed.");
    }

    /// <summary>Opens the place for the next version.</summary>
    /// <exception cref="UpdateRefusedException">It cannot be written.</exception>
    public FileStream OpenNext()
    {
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
            // Ours alone until it is verified; it must be started before it is put in place.
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            return new FileStream(Next, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotBeWritten(Next, e);
        }
    }

    public void DeleteNext()
    {
        try
        {
            BusyFile.Delete(Next);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next update overwrites it.
        }
    }

    /// <summary>
    /// Puts a file from the same directory in the program's place and keeps the program as the previous one. On Unix there is a program at
    /// every moment: a copy is set aside, and the rename replaces the file at once. Windows does not replace a program that runs, but renames it.
    /// </summary>
    /// <param name="next"><see cref="Next"/>, or <see cref="Previous"/> to go back.</param>
    /// <exception cref="UpdateRefusedException">A rename failed; the program is where it was.</exception>
    public void Exchange(string next)
    {
        string aside = Beside("aside");
        try
        {
            if (OperatingSystem.IsWindows()) ExchangeRunning(next, aside);
            else
            {
                File.SetUnixFileMode(next, File.GetUnixFileMode(Path));
                File.Copy(Path, aside, overwrite: true);
                File.Move(next, Path, overwrite: true);
                File.Move(aside, Previous, overwrite: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateRefusedException($"{Path} cannot be replaced: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Starts a file and asks which build it is; null when it does not start, or is another program.</summary>
    public static async Task<BuildIdentity?> AskAsync(string file, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(file, ["version", "--json"]) { RedirectStandardInput = true };
        if (await OtherProgram.TryAsync(start, Patience, cancellation) is not { ExitCode: 0 } told) return null;
        try
        {
            return JsonSerializer.Deserialize(told.Output, HostingContext.Default.BuildIdentity) is { Name: ProductVersion.Name } identity ? identity : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void ExchangeRunning(string next, string aside)
    {
        // One that still runs from before the last update cannot be deleted: better known now than halfway.
        if (next != Previous && File.Exists(Previous)) BusyFile.Delete(Previous);
        BusyFile.Move(Path, aside);
        try
        {
            BusyFile.Move(next, Path);
        }
        catch
        {
            BusyFile.Move(aside, Path);
            throw;
        }

        BusyFile.Move(aside, Previous);
    }

    private static UpdateRefusedException CannotBeWritten(string path, Exception e) =>
        new UpdateRefusedException($"{path} cannot be written: {e.Message.TrimEnd('.')}. Run the update as the user who installed the program.", e);

    private string Beside(string word) => $"{Path[..^_ending.Length]}.{word}{_ending}";
}
