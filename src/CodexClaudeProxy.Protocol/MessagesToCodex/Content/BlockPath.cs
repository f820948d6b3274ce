namespace CodexClaudeProxy.Protocol.MessagesToCodex.Content;

/// <summary>Where a block stands, in the words of an error message.</summary>
internal readonly record struct BlockPath(int Message, int Block, int Nested = -1)
{
    public override string ToString() =>
        Nested < 0 ? $"messages.{Message}.content.{Block}" : $"messages.{Message}.content.{Block}.content.{Nested}";

    public InvalidRequestException Error(string what) => new($"{this}{what}");
}
