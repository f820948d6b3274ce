using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>One answer to a tool call and where it stands.</summary>
internal readonly record struct ToolResult(JsonElement Block, int Message, int BlockIndex);

/// <summary>
/// The first of the two passes over a conversation: checks the shape of the messages and finds what the second pass must
/// know in advance, above all which result belongs to which call.
/// </summary>
internal sealed class ConversationIndex
{
    private readonly List<ToolResult> _results = [];
    private readonly CallResults _pairs = new();
    private readonly HashSet<string> _called = [];

    private ConversationIndex(JsonElement messages) => Messages = messages;

    public JsonElement Messages { get; }

    /// <summary>Where the conversation starts: at 0, or behind the last usable compaction.</summary>
    public int FirstMessage { get; private set; }

    public int FirstBlock { get; private set; }

    /// <summary>The compaction block that stands for everything before <see cref="FirstMessage"/>.</summary>
    public JsonElement CompactionBlock { get; private set; }

    public int LastUserMessage { get; private set; } = -1;

    /// <summary>The effort of the last system message that carries one, as the client wrote it, and where that stands.</summary>
    public (JsonElement Effort, int Message) SystemEffort { get; private set; }

    /// <summary>How many assistant messages hold thinking, without those a compaction stands for.</summary>
    public int ThinkingTurns { get; private set; }

    public ToolMentions Mentions { get; } = new();

    public static ConversationIndex Build(JsonElement messages)
    {
        var index = new ConversationIndex(messages);
        var at = 0;
        foreach (var message in messages.EnumerateArray()) index.Read(message, at++);
        return index;
    }

    /// <summary>The calls of the conversation with the messages they stand in, as the second pass will meet them.</summary>
    public IEnumerable<(JsonElement Call, int Message)> Calls()
    {
        var at = -1;
        foreach (var message in Messages.EnumerateArray())
        {
            if (++at < FirstMessage || RoleOf(message) != Role.Assistant) continue;
            if (message.Member("content"u8) is not { ValueKind: JsonValueKind.Array } content) continue;
            foreach (var block in content.EnumerateArray().Skip(at == FirstMessage ? FirstBlock : 0))
            {
                if (BlockTypes.TypeOf(block) == BlockType.ToolUse) yield return (block, at);
            }
        }
    }

    public bool IsCalled(string id) => _called.Contains(id);

    /// <summary>The next unused result of this id behind the given message.</summary>
    public ToolResult? TakeResult(string id, int callMessage) => _pairs.Take(id, callMessage) is { } number ? _results[number] : null;

    /// <summary>Every result is free again, for another second pass.</summary>
    public void Rewind() => _pairs.Rewind();

    private void Read(JsonElement message, int at)
    {
        if (!message.IsObject()) throw new InvalidRequestException($"messages.{at}: Input should be a valid dictionary");
        var role = RoleOf(message);
        if (role == Role.Unknown)
            throw new InvalidRequestException($"messages.{at}.role: Input should be 'user', 'assistant' or 'system'");
        if (role == Role.User) LastUserMessage = at;
        if (role == Role.System && message.Member("output_config"u8).Member("effort"u8) is { ValueKind: not JsonValueKind.Undefined } effort)
            SystemEffort = (effort, at);

        var content = message.Member("content"u8);
        if (content.IsArray()) ReadBlocks(content, role, at);
        else if (content.Exists() && !content.IsString())
            throw new InvalidRequestException($"messages.{at}.content: Input should be a valid string or list");
    }

    private void ReadBlocks(JsonElement content, Role role, int message)
    {
        var at = 0;
        var thinks = false;
        foreach (var block in content.EnumerateArray())
        {
            if (!block.IsObject()) throw new InvalidRequestException($"messages.{message}.content.{at}: Input should be a valid dictionary");
            var type = BlockTypes.TypeOf(block);
            if (role == Role.Assistant) ReadAssistantBlock(block, type, message, at, ref thinks);
            else if (role == Role.User && type == BlockType.ToolResult) ReadResult(block, message, at);
            else Mentions.Read(block, type);
            at++;
        }

        if (thinks) ThinkingTurns++;
    }

    private void ReadAssistantBlock(JsonElement block, BlockType type, int message, int at, ref bool thinks)
    {
        switch (type)
        {
            case BlockType.ToolUse:
                _called.Add(Required(block, "id"u8, message, at));
                var name = Required(block, "name"u8, message, at);
                Mentions.Call(name, block.Text("toolset_name"u8));
                break;
            case BlockType.Thinking or BlockType.RedactedThinking:
                thinks = true;
                break;
            case BlockType.Compaction when Compaction.IsUsable(block):
                (FirstMessage, FirstBlock, CompactionBlock) = (message, at + 1, block);
                _results.Clear();
                _pairs.Clear();
                _called.Clear();
                ThinkingTurns = 0;
                Mentions.Read(block, type);
                break;
            default:
                Mentions.Read(block, type);
                break;
        }
    }

    private void ReadResult(JsonElement block, int message, int at)
    {
        _pairs.Add(Required(block, "tool_use_id"u8, message, at), message);
        _results.Add(new ToolResult(block, message, at));
        if (block.Member("content"u8) is not { ValueKind: JsonValueKind.Array } content) return;
        foreach (var part in content.EnumerateArray())
        {
            if (!part.IsObject()) throw new InvalidRequestException($"messages.{message}.content.{at}.content: Input should be a valid list of blocks");
            Mentions.Read(part, BlockTypes.TypeOf(part));
        }
    }

    private static string Required(JsonElement block, ReadOnlySpan<byte> member, int message, int at) =>
        block.Text(member) is { Length: > 0 } text
            ? text
            : throw new InvalidRequestException($"messages.{message}.content.{at}.{System.Text.Encoding.ASCII.GetString(member)}: Field required");

    internal enum Role { Unknown, User, Assistant, System }

    internal static Role RoleOf(JsonElement message)
    {
        var role = RawText.Of(message, "role"u8);
        if (role.SequenceEqual("user"u8)) return Role.User;
        if (role.SequenceEqual("assistant"u8)) return Role.Assistant;
        return role.SequenceEqual("system"u8) ? Role.System : Role.Unknown;
    }
}
