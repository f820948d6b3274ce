namespace CodexClaudeProxy.CommandLine;

/// <summary>How a command says what came of it.</summary>
internal static class Outcome
{
    /// <param name="note">What else the person should know.</param>
    /// <returns>The exit code.</returns>
    public static int Tell(Terminal terminal, bool asJson, bool success, string message, string? note = null)
    {
        if (asJson)
        {
            terminal.Out.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteBoolean("success"u8, success);
                json.WriteString("message"u8, message);
                if (note is not null) json.WriteString("note"u8, note);
                json.WriteEndObject();
            });
        }
        else
        {
            (success ? terminal.Out : terminal.Error).WriteLine(message);
            if (note is not null) terminal.Error.WriteLine(note);
        }

        return success ? 0 : Commands.Failure;
    }
}
