using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>All that a check of one answer's calls is made from. It holds the user's words: it must neither be logged nor kept.</summary>
public sealed record CheckInput(ClassifierContext Context, IReadOnlyList<ConversationLine> Conversation)
{
    /// <summary>Null when the request says nothing to judge by.</summary>
    /// <param name="root">The client's request.</param>
    /// <param name="isSubagent">It comes from a subagent.</param>
    public static CheckInput? Read(JsonElement root, bool isSubagent) =>
        ClassifierContext.Read(root) is { } context ? new CheckInput(context, AutoMode.Conversation.Read(root, isSubagent)) : null;

    /// <summary>The same for a request whose last message is the assistant's: the calls in it are those to judge.</summary>
    public static CheckInput? ReadPending(JsonElement root, out IReadOnlyList<AnsweredCall> calls)
    {
        calls = AutoMode.Conversation.PendingCalls(root);
        return ClassifierContext.Read(root) is { } context ? new CheckInput(context, AutoMode.Conversation.Read(root, isSubagent: false, withoutLast: true)) : null;
    }

    /// <summary>
    /// What a verdict on the call may be remembered by: the call to the last byte, all the user wrote, the rules and directories, and the
    /// files written so far, since a call may run one of them.
    /// </summary>
    public string KeyOf(AnsweredCall call)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(call.Tool);
        hash.AppendData(call.Input);
        foreach (var line in Conversation)
        {
            if (line.Tool is not (null or "Write" or "Edit" or "MultiEdit" or "NotebookEdit")) continue;
            Add(line.Tool ?? "user");
            Add(line.Text);
        }

        foreach (var path in Context.Trusted) Add(path);
        Add(Context.WorkingDirectory);
        foreach (var (path, rule) in Context.Rules)
        {
            Add(path);
            Add(rule);
        }

        foreach (var section in Context.BuiltIn) Add(section);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // The length keeps two texts from being taken for one.
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes($"\n{text.Length}:{text}"));
    }
}
