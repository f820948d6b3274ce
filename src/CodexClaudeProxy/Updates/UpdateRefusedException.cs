namespace CodexClaudeProxy.Updates;

/// <summary>Why the program was not exchanged; the message is a sentence for the person. The file is as it was.</summary>
internal sealed class UpdateRefusedException(string message, Exception? inner = null) : Exception(message, inner);
