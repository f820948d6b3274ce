using System.Text;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Logs;

/// <summary>
/// A log file that is renamed to <c>.1</c>, <c>.2</c>… when it is full. Lines are written in the background, and the file is opened
/// anew for each handful of them: so it may be moved, deleted or emptied by anybody at any time. When it cannot be written, lines are lost and
/// nothing else happens.
/// </summary>
internal sealed class LogFile : IAsyncDisposable
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly long _mostBytes;
    private readonly int _keep;
    private readonly TimeProvider _time;
    private readonly LineQueue _lines;
    private bool _isFailing;

    /// <param name="mostBytes">The size at which a new file begins.</param>
    /// <param name="keep">How many full ones stay.</param>
    public LogFile(string path, long mostBytes, int keep, TimeProvider time)
    {
        Path = System.IO.Path.GetFullPath(path);
        (_mostBytes, _keep, _time) = (mostBytes, keep, time);
        _lines = new LineQueue(WriteAsync);
    }

    public string Path { get; }

    /// <summary>Told when the file can no longer be written, and when it can again.</summary>
    public Action<string>? Trouble { get; set; }

    public void Write(string line) => _lines.Add(line);

    public ValueTask DisposeAsync() => _lines.DisposeAsync();

    private async Task WriteAsync(List<string> lines, CancellationToken closing)
    {
        int written = 0;
        try
        {
            bool isLimited = true;
            while ((written += Append(lines, written, isLimited)) < lines.Count) isLimited = TryRotate();
            Recover();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _lines.Lose(lines.Count - written);
            if (!_isFailing) Trouble?.Invoke($"The log file {Path} cannot be written: {e.Message}");
            _isFailing = true;
            await Task.Delay(RetryAfter, _time, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Writes lines until the file is full, where it has a limit; returns how many.</summary>
    private int Append(List<string> lines, int from, bool isLimited)
    {
        PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        FileStreamOptions options = PrivateFiles.Options(FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        options.BufferSize = 0;
        using FileStream file = new(Path, options);
        // A device has no length: it is never full.
        int count = 0;
        for (; from + count < lines.Count; count++)
        {
            byte[] line = Encoding.UTF8.GetBytes(lines[from + count] + Environment.NewLine);
            if (isLimited && file.Length > 0 && file.Length + line.Length > _mostBytes) break;
            file.Write(line);
        }

        return count;
    }

    /// <summary>False when somebody reads the file and Windows therefore keeps it where it is: then it grows on, until it can be moved.</summary>
    private bool TryRotate()
    {
        try
        {
            if (_keep == 0)
            {
                File.Delete(Path);
                return true;
            }

            // The full one first: the older ones stay what they are when it cannot be moved.
            string aside = Path + ".0";
            if (!File.Exists(aside)) File.Move(Path, aside);
            for (int i = _keep; i > 0; i--)
            {
                string older = $"{Path}.{i - 1}";
                if (File.Exists(older)) File.Move(older, $"{Path}.{i}", overwrite: true);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Recover()
    {
        if (!_isFailing) return;
        _isFailing = false;
        Trouble?.Invoke($"The log file {Path} is written again; {_lines.TakeLost()} lines are missing");
    }
}
