using System.Diagnostics;
using System.Text.Json;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>What a client left behind.</summary>
internal sealed record ClientResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The lines of the output that are JSON objects, for clients that print one event per line.</summary>
    public IReadOnlyList<JsonElement> Events =>
        [.. Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line))];

    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- errors\n{Errors}";
}

/// <summary>Runs a real client to its end: own home, nothing of our environment, no standard input unless somebody talks to it, limited time.</summary>
internal static class ClientProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <param name="limit">How long it may take; null for what is enough for nearly all.</param>
    /// <param name="talk">Writes to the client and reads what it answers; behind it the standard input ends.</param>
    public static async Task<ClientResult> RunAsync(
        string program, string[] arguments, ClientHome home, Dictionary<string, string> environment, CancellationToken cancellationToken,
        Func<StreamWriter, StreamReader, CancellationToken, Task>? talk = null, TimeSpan? limit = null)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit ?? Limit);
        using Process process = Process.Start(StartInfo(program, arguments, home, environment))!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        Task<string> output = Task.FromResult("");
        try
        {
            if (talk is not null) await talk(process.StandardInput, process.StandardOutput, end.Token);
            process.StandardInput.Close();
            output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"{program} did not end within {(limit ?? Limit).TotalSeconds} s.\n{await output}\n{await errors}");
        }
        catch
        {
            Kill();
            throw;
        }

        return new(process.ExitCode, await output, await errors);

        // This process and what it started, by id.
        void Kill() => process.Kill(entireProcessTree: true);
    }

    /// <summary>How a client is started: all three streams are redirected.</summary>
    public static ProcessStartInfo StartInfo(string program, string[] arguments, ClientHome home, Dictionary<string, string> environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = home.Project,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string? path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = home.Folder;
        start.Environment["LANG"] = "C.UTF-8";
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return start;
    }
}
