using System.Text.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Reasoning;

/// <summary>Reasoning items that wait for what they led to: without that the backend refuses them.</summary>
internal sealed class PendingReasoning(Conversion conversion, Utf8JsonWriter writer)
{
    private readonly List<(int Length, string Hash)> _items = [];

    /// <summary>Keeps the item a thinking block stands for; false for one that cannot be used.</summary>
    public bool TryAdd(JsonElement block)
    {
        var start = conversion.Reasoning.Length;
        if (!ReasoningItems.TryWrite(block, conversion, conversion.Reasoning, out var hash)) return false;
        _items.Add((conversion.Reasoning.Length - start, hash));
        return true;
    }

    public void Write()
    {
        var start = 0;
        foreach (var (length, hash) in _items)
        {
            writer.WriteRawValue(conversion.Reasoning.Written.Slice(start, length), skipInputValidation: true);
            conversion.ReasoningHashes.Add(hash);
            start += length;
        }

        Forget();
    }

    public void Forget()
    {
        _items.Clear();
        conversion.Reasoning.Clear();
    }
}
