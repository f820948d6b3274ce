namespace CodexClaudeProxy.CommandLine;

/// <summary>What a command's exit code says, in one place for all of them; the manual has the same table.</summary>
internal static partial class Commands
{
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>As a shell reports a program that cannot be started.</summary>
    public const int NotExecutable = 126;

    /// <summary>As a shell reports a program that it does not find.</summary>
    public const int NotFound = 127;

    /// <summary>As a shell reports a program that Ctrl+C has ended.</summary>
    public const int Interrupted = 130;

    public static readonly (int Code, string Meaning)[] ExitCodes =
    [
        (0, "The command did what it was asked to."),
        (Failure, "It failed, and a sentence says why; doctor found a problem that must be fixed."),
        (Usage, "Wrong usage: an unknown command or option, or a value that cannot be used. Nothing was done."),
        (NotExecutable, "run: the program was found and cannot be started. Any other code of run is the program's own."),
        (NotFound, "run: the program was not found."),
        (Interrupted, "Ctrl+C ended it."),
    ];
}
