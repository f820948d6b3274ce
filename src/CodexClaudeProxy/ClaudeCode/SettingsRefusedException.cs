namespace CodexClaudeProxy.ClaudeCode;

/// <summary>A settings file that we do not touch, because we cannot tell what a change would do to it.</summary>
/// <param name="line">1 for the first one; 0 when no place in the file is to blame.</param>
/// <param name="column">In characters, 1 for the first one.</param>
internal sealed class SettingsRefusedException(string message, int line = 0, int column = 0)
    : Exception(line == 0 ? message : $"{message} (line {line}, column {column})")
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>The message without the place.</summary>
    public string Reason { get; } = message;
}
