using System.Text.Json;

namespace FakeCodex;

/// <summary>What may be sent back although nothing is stored: only what carries its own, verifiable state.</summary>
internal static class ReplayRules
{
    public static IEnumerable<Rejection> Check(RuleContext context)
    {
        JsonElement[] items = [.. context.Body.Get("input").Items()];
        foreach ((int index, JsonElement item) in items.Index())
        {
            string? type = item.GetText("type");
            string? encrypted = item.GetText("encrypted_content");
            if (type == "item_reference" || (type == "reasoning" && encrypted is null && item.Has("id")))
            {
                yield return NotStored(item.GetText("id"));
            }
            if (type == "reasoning" && encrypted is null) yield return Rejection.Missing($"input[{index}].encrypted_content");
            if (encrypted is not null && !context.Issued.IsKnown(encrypted, context.Request.User)) yield return NotVerified(encrypted);
            if (type == "compaction_trigger" && index != items.Length - 1)
            {
                yield return Rejection.Error(
                    "Item type 'compaction_trigger' must be the last input item.",
                    $"input[{index}]", "invalid_value");
            }
        }
    }

    private static Rejection NotStored(string? id) => Rejection.Error(
        $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. "
        + "Try again with `store` set to true, or remove this item from your input.",
        "input", null, status: 404);

    private static Rejection NotVerified(string encrypted) => Rejection.Error(
        $"The encrypted content {Start(encrypted)}...{End(encrypted)} could not be verified.",
        null, "invalid_encrypted_content");

    private static string Start(string text) => text[..Math.Min(4, text.Length)];

    private static string End(string text) => text[^Math.Min(4, text.Length)..];
}
