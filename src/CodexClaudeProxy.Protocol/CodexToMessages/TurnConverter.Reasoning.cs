using System.Runtime.InteropServices;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.CodexToMessages;

// Reasoning items: one item, one thinking block, closed by a signature that carries the encrypted reasoning.
public sealed partial class TurnConverter
{
    private void ReceiveSummary(TurnItem item, int part, ReadOnlySpan<byte> text)
    {
        if (item.IsDone || text.IsEmpty || context.Thinking != ThinkingDisplay.Shown) return;
        part = Math.Max(0, part);
        if (item.Part != part)
        {
            item.Part = part;
            item.Trace.Clear();
            item.SummaryLengths.Add(0);
        }

        item.Trace.Add(text);
        item.SummaryLengths[^1] += JsonText.Utf16Length(text);
        if (MayWrite(item, text.Length)) WriteSummary(item, part, text);
        else item.Enqueue(QueuedKind.Summary, part, text);
    }

    private void ReceiveWholeSummary(TurnItem item, int part, ReadOnlySpan<byte> whole)
    {
        part = Math.Max(0, part);
        if (part < item.Part) return;
        ReceiveSummary(item, part, part == item.Part ? item.Trace.MissingIn(whole) : whole);
    }

    private void FinishReasoning(TurnItem item, in CodexItem view)
    {
        var part = 0;
        foreach (var json in new JsonObjects(view.Summary)) ReceiveWholeSummary(item, part++, CodexPart.Parse(json).Text);
        // Only this one is final: the one announced with the item is a snapshot from before the thinking.
        item.EncryptedContent.Clear();
        item.EncryptedContent.Append(view.EncryptedContent);
        if (context.KeepReasoning is not null) item.Kept = ReasoningItems.Keep(view);
    }

    /// <summary>Hands over the reasoning in front of each call the client was given.</summary>
    private void KeepReasoning()
    {
        if (context.KeepReasoning is not { } keep) return;
        var before = new ReasoningBeforeCalls(keep);
        foreach (var item in _items)
        {
            if (item.Kept is { } kept) before.AddReasoning(kept);
            else if (item.Tool is { IsOpen: true } tool) before.AddCall(JsonText.ToString(tool.CallId));
            else if (item.Type is CodexItemType.Message or CodexItemType.ImageGenerationCall || item.Search is not null) before.AddWords();
        }
    }

    private void WriteSummary(TurnItem item, int part, ReadOnlySpan<byte> text)
    {
        var newPart = item.WrittenPart >= 0 && item.WrittenPart != part;
        item.WrittenPart = part;
        _blocks.Thinking(text, newPart);
    }

    private void CloseReasoning(TurnItem item)
    {
        if (context.Thinking == ThinkingDisplay.Hidden || item.EncryptedContent.Length == 0) return;

        using var signature = new PooledBuffer();
        var lengths = CollectionsMarshal.AsSpan(item.SummaryLengths);
        if (ReasoningSignature.TryWriteSignature(signature, item.Id, context.AccountMark, context.Profile.Slug, lengths, item.EncryptedContent.Written)) _blocks.Signature(item.Id, signature.Written);
        else _blocks.OpenThinking();
    }
}
