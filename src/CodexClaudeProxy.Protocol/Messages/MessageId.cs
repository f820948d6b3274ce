using System.Security.Cryptography;

namespace CodexClaudeProxy.Protocol.Messages;

internal static class MessageId
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Unique for each response: with a repeated id Claude Code would merge two turns into one.</summary>
    public static string Of(string responseId) =>
        responseId.StartsWith("resp_", StringComparison.Ordinal) && responseId.Length > 5
            ? string.Concat("msg_", responseId.AsSpan(5))
            : "msg_" + RandomNumberGenerator.GetString(Base62, 24);
}
