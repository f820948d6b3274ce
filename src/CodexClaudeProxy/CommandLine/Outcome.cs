using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.CommandLine;

/// <summary>How a command says what came of it.</summary>
internal static class Outcome
{
    /// <param name="note">What else the person should know.</param>
    /// <returns>The exit code.</returns>
    public static int Tell(Terminal terminal, bool asJson, bool success, string message, string? note = null)
    {
        if (asJson) terminal.Out.WriteJson(new OperationResult(success, message, note), HostingContext.Default.OperationResult);
        else
        {
            (success ? terminal.Out : terminal.Error).WriteLine(message);
            if (note is not null) terminal.Error.WriteLine(note);
        }

        return success ? 0 : Commands.Failure;
    }
}
