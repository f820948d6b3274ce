namespace CodexClaudeProxy.Backups;

/// <summary>A backup cannot be made or read. The message is a sentence for the owner.</summary>
internal sealed class BackupException(string message) : Exception(message);
