using CodexClaudeProxy.Protocol.AutoMode;

namespace CodexClaudeProxy.Protocol.Turn;

/// <summary>
/// Where a turn's answer goes: the client's event stream or the client's single message, in either protocol.
/// Spans named <c>text</c> or <c>json</c> are bodies of JSON strings, still escaped, and are copied as they are.
/// Blocks are numbered 0, 1, 2 … in the order they open, and one is open at a time unless the client has
/// <see cref="HasSeparateFields">separate fields</see>.
/// </summary>
public interface ITurnSink
{
    /// <summary>
    /// Text, reasoning and each call have a field of their own (Chat Completions) instead of following each other as blocks: calls
    /// need not wait for anything, the input of a free-form tool stays text, and a page may be cited more than once.
    /// </summary>
    bool HasSeparateFields { get; }

    /// <summary>The answer begins. Called once, before anything else.</summary>
    void Begin(in TurnStart start);

    void OpenText(int block, in TextStart start);

    void Text(int block, ReadOnlySpan<byte> text);

    /// <summary>A citation of the open text block.</summary>
    void Cite(int block, in SearchHit hit);

    void OpenThinking(int block);

    /// <param name="newPart">The text starts another part of the summary: a blank line goes before it.</param>
    void Thinking(int block, ReadOnlySpan<byte> text, bool newPart);

    /// <summary>The complete signature of the open thinking block. Never contains anything that JSON would escape.</summary>
    /// <param name="itemId">The upstream id of the reasoning.</param>
    void Signature(int block, ReadOnlySpan<byte> itemId, ReadOnlySpan<byte> signature);

    void OpenTool(int block, in ToolStart tool);

    /// <summary>A piece of the tool's input, which is JSON text inside a JSON string.</summary>
    void ToolInput(int block, ReadOnlySpan<byte> json);

    /// <summary>A finished image: one whole block.</summary>
    /// <param name="base64">A PNG file, or empty when the backend gave none.</param>
    void Image(int block, ReadOnlySpan<byte> base64);

    /// <summary>A finished search of the hosted web search: the call and its result, two whole blocks.</summary>
    void Search(int callBlock, in SearchCall call);

    /// <summary>A call of the advisor: one whole block. Only Anthropic's protocol has such calls.</summary>
    void OpenAdvice(int block, ReadOnlySpan<byte> callId)
    {
    }

    /// <summary>The answer to that call: another whole block.</summary>
    void Advise(int block, ReadOnlySpan<byte> callId, Advice advice)
    {
    }

    void Close(int block);

    /// <summary>Something for the client to see while the model is silent. <paramref name="block"/> is the open block, or −1.</summary>
    void KeepAlive(int block, BlockKind kind);

    /// <summary>The answer is complete.</summary>
    void End(in TurnEnd end);

    /// <summary>The answer broke after it had begun. Nothing follows.</summary>
    void Fail(ApiError error);
}

public enum BlockKind
{
    None,
    Text,
    Thinking,
    Tool,
}

/// <param name="ResponseId">The upstream response id, or empty.</param>
/// <param name="InputTokens">Our own estimate; the true number comes at the end.</param>
public readonly record struct TurnStart(string ResponseId, string Model, int InputTokens, bool Fast)
{
    /// <summary>When the backend began, in Unix seconds.</summary>
    public long Created { get; init; }
}

/// <param name="IsRefusal">The text says why the model does not answer.</param>
/// <param name="ContinuesItem">The text is another part of the message before it, not another message.</param>
public readonly record struct TextStart(bool IsRefusal, bool ContinuesItem);

/// <summary>Members are bodies of JSON strings, still escaped.</summary>
public readonly ref struct ToolStart
{
    public required ReadOnlySpan<byte> Id { get; init; }

    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Empty for a tool that belongs to no toolset.</summary>
    public ReadOnlySpan<byte> Toolset { get; init; }

    /// <summary>The input is plain text, not JSON.</summary>
    public bool IsFreeForm { get; init; }
}

/// <summary>One page a web search found. Members are bodies of JSON strings, still escaped.</summary>
public readonly ref struct SearchHit(ReadOnlySpan<byte> url, ReadOnlySpan<byte> title)
{
    public ReadOnlySpan<byte> Url { get; } = url;

    public ReadOnlySpan<byte> Title { get; } = title;

    /// <summary>Where in its part of the text the page is cited.</summary>
    public int Start { get; init; }

    public int End { get; init; }
}

/// <summary>One web search: what was asked, and what came of it.</summary>
/// <param name="Id">The upstream item's id without its prefix.</param>
/// <param name="InputJson">The call's input, a JSON object.</param>
/// <param name="Hits">Distinct pages as (url, title), still escaped.</param>
/// <param name="ErrorCode">Anthropic's error code instead of hits, or null.</param>
public sealed record SearchCall(string Id, byte[] InputJson, IReadOnlyList<(byte[] Url, byte[] Title)> Hits, string? ErrorCode);

public enum StopReason
{
    EndTurn,
    ToolUse,
    MaxTokens,
    StopSequence,
    Refusal,
    ContextWindowExceeded,
}

/// <summary>How a turn ended.</summary>
public readonly record struct TurnEnd(StopReason Reason, TurnUsage Usage)
{
    /// <summary>The matched text when <see cref="Reason"/> is <see cref="StopReason.StopSequence"/>.</summary>
    public string? StopSequence { get; init; }

    /// <summary><c>cyber</c>, <c>bio</c> or null, with a refusal.</summary>
    public string? RefusalCategory { get; init; }

    public string? RefusalText { get; init; }

    /// <summary>It was not the model that refused but a filter or policy of the backend.</summary>
    public bool Filtered { get; init; }

    /// <summary>
    /// What is said about the answer's tool calls when the client asked for safeguard verdicts, else null. A call that is not in it
    /// was not judged.
    /// </summary>
    public IReadOnlyList<CallVerdict>? Verdicts { get; init; }

    /// <summary>The answer carries a list of applied context edits.</summary>
    public bool ContextManagement { get; init; }

    /// <summary>The one edit that can be in it.</summary>
    public ClearedToolUses? Cleared { get; init; }
}
