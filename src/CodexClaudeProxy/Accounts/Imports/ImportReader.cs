using System.Text;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>Reads the files that are to be imported, within limits. What cannot be read becomes a reason, and the others are still read.</summary>
internal sealed class ImportReader(TimeProvider time)
{
    public const int LongestFile = 1024 * 1024;
    public const int LongestInAll = 4 * LongestFile;
    public const int MostFiles = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="paths">Files and folders; <c>-</c> for <paramref name="input"/>. Of a folder its own JSON and text files are read, not those in folders inside.</param>
    public async Task<IReadOnlyList<ImportFile>> ReadAsync(IEnumerable<string> paths, TextReader input, CancellationToken ct)
    {
        List<ImportFile> files = [];
        int room = LongestInAll;
        foreach (string path in paths.SelectMany(Listed).Take(MostFiles + 1))
        {
            ImportFile file = files.Count == MostFiles ? new ImportFile(path, default, $"only {MostFiles} files are read at once")
                : path == "-" ? await ReadInputAsync(input, ct)
                : await ReadFileAsync(path, ct);
            if (file.Content.Length > room) file = new ImportFile(file.Name, default, $"all files together are longer than {LongestInAll / LongestFile} MB");
            room -= file.Content.Length;
            files.Add(file);
        }

        return files;
    }

    /// <summary>A pipe may never get a writer, and a device never ends: a thread of its own reads them, and its result is awaited with a time limit.</summary>
    /// <exception cref="IOException">It is too long, takes too long, or cannot be read.</exception>
    public async Task<byte[]> ReadContentAsync(string path, CancellationToken ct)
    {
        Task<byte[]> reading = Task.Factory.StartNew(() => Read(path), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await reading.WaitAsync(Patience, time, ct);
        }
        catch (TimeoutException)
        {
            throw new IOException($"{path} could not be read within {Patience.TotalSeconds:0} seconds; it seems not to be a regular file");
        }
    }

    /// <exception cref="IOException">There is more.</exception>
    private static async Task<byte[]> ReadTextAsync(TextReader input, CancellationToken ct)
    {
        char[] text = new char[LongestFile];
        int length = await input.ReadBlockAsync(text, ct);
        return length == text.Length ? throw new IOException(TooLong("the input")) : Encoding.UTF8.GetBytes(text, 0, length);
    }

    /// <summary>A link in a folder leads elsewhere; one that is named itself is meant.</summary>
    private static IEnumerable<string> Listed(string path)
    {
        if (path == "-" || !Directory.Exists(path)) return [path];
        return from file in new DirectoryInfo(path).EnumerateFiles()
               where file.LinkTarget is null && file.Extension.ToLowerInvariant() is ".json" or ".txt" or ".zip"
               orderby file.Name
               select Path.Combine(path, file.Name);
    }

    private static async Task<ImportFile> ReadInputAsync(TextReader input, CancellationToken ct)
    {
        try
        {
            return new ImportFile("standard input", await ReadTextAsync(input, ct));
        }
        catch (IOException e)
        {
            return new ImportFile("standard input", default, e.Message);
        }
    }

    private async Task<ImportFile> ReadFileAsync(string path, CancellationToken ct)
    {
        try
        {
            return new ImportFile(path, await ReadContentAsync(path, ct));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ImportFile(path, default, "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ImportFile(path, default, e.Message);
        }
    }

    private static byte[] Read(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[LongestFile];
        int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length == content.Length ? throw new IOException(TooLong(file)) : content[..length];
    }

    private static string TooLong(string name) => $"{name} is longer than 1 MB and cannot be an auth.json";
}
