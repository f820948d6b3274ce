using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Hosting;

/// <summary>What came of an operation, over a route or on the command line.</summary>
/// <param name="Success">Whether it was done.</param>
/// <param name="Message">What was done, or why not.</param>
/// <param name="Note">What else the person should know; absent when there is nothing.</param>
internal sealed record OperationResult(
    bool Success, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null);
