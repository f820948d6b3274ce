using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace CodexClaudeProxy;

/// <summary>What a program that was run to its end said.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Why it failed: its own words, or what is known.</summary>
    public string Trouble => Errors.Trim() is { Length: > 0 } words ? words : string.Create(CultureInfo.InvariantCulture, $"exit code {ExitCode}");
}

/// <summary>Runs programs of others for what they say.</summary>
internal static class OtherProgram
{
    /// <summary>Runs one to its end. When that is cancelled, it ends with everything it has started.</summary>
    /// <param name="start">Where it redirects the input, there is none.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static async Task<ProgramResult> RunAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using Process process = Process.Start(start)!;
        try
        {
            if (start.RedirectStandardInput) process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            string output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new ProgramResult(process.ExitCode, output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The same where the answer is only worth so long a wait: null when the program is not there, cannot be run, or takes longer.</summary>
    public static async Task<ProgramResult?> TryAsync(ProcessStartInfo start, TimeSpan patience, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            return await RunAsync(start, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
