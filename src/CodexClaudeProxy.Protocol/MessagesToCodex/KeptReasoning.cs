using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Protocol.MessagesToCodex;

/// <summary>A reasoning item in front of a call, remembered for a client that does not send it back.</summary>
/// <param name="Json">The input item.</param>
/// <param name="Hash">See <see cref="Reasoning.HashOf"/>.</param>
public sealed record KeptReasoning(ReadOnlyMemory<byte> Json, string Hash)
{
    /// <summary>The model said or searched something between this and the call.</summary>
    public bool BeforeWords { get; init; }
}

/// <summary>
/// Puts what is remembered of an assistant message's reasoning back where the model had it: the backend then sees the very bytes
/// it generated, and its prompt cache holds. Words of one stretch may have been joined, so there is one place in front of them all.
/// </summary>
internal sealed class RecalledReasoning(Conversion conversion, Utf8JsonWriter writer)
{
    private IReadOnlyList<KeptReasoning> _items = [];
    private int _written;

    public bool IsPossible => conversion.Options.RecallReasoning is not null && conversion is { Effort: not Effort.None, Options.WithoutReasoning: false };

    /// <summary>Begins the stretch that leads to a call; null when none follows, or when the client has reasoning of its own for it.</summary>
    public void LookFor(string? callId)
    {
        _items = callId is not null && IsPossible ? conversion.Options.RecallReasoning!(conversion.ConversationId, callId) : [];
        _written = 0;
    }

    public void WriteBeforeWords()
    {
        while (_written < _items.Count && _items[_written].BeforeWords) Write(_items[_written++]);
    }

    /// <summary>Writes everything that is not written yet: there may have been no words.</summary>
    public void WriteBeforeCall()
    {
        while (_written < _items.Count) Write(_items[_written++]);
    }

    private void Write(KeptReasoning kept)
    {
        if (conversion.Options.IsRejectedReasoning(kept.Hash)) return;
        writer.WriteRawValue(kept.Json.Span, skipInputValidation: true);
        conversion.ReasoningHashes.Add(kept.Hash);
    }
}
