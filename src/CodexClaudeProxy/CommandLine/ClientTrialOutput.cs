using System.Text.Json;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What Claude Code printed in one run, an event per line.</summary>
internal sealed class ClientTrialOutput
{
    private const int Longest = 300;

    private readonly string? _result;
    private readonly bool _isError;
    private readonly List<(string Text, bool IsError)> _toolResults = [];
    private readonly string? _denied;

    public ClientTrialOutput(string output)
    {
        foreach (JsonElement data in output.Split('\n').Where(line => line.StartsWith('{')).Select(TryParse).OfType<JsonElement>())
        {
            switch (data.Text("type"))
            {
                case "system":
                    Version = data.Text("claude_code_version") ?? Version;
                    if (data.Text("subtype") == "permission_denied") _denied = data.Text("message") ?? data.Text("decision_reason");
                    break;
                case "user":
                    _toolResults.AddRange(data.Member("message").Items("content").Where(block => block.Text("type") == "tool_result").Select(block => (TextOf(block), block.Member("is_error").ValueKind == JsonValueKind.True)));
                    break;
                case "result":
                    _result = data.Text("result");
                    _isError = data.Member("is_error").ValueKind == JsonValueKind.True;
                    break;
            }
        }
    }

    public string Version { get; } = "";

    /// <summary>The beginning of the last answer; null when there was none.</summary>
    public string? Answer => _isError || _result is not { Length: > 0 } text ? null : text.Trim().Split('\n')[0];

    /// <summary>What the user reads when a call was refused, also where the model talked about it afterwards.</summary>
    public string? Refusal => Short(_toolResults.Find(result => result.IsError).Text ?? _denied);

    public string? Failure => _isError ? Short(_result ?? "no reason was given") : null;

    /// <summary>Whether a tool ran and gave this.</summary>
    public bool RanWith(string output) => _toolResults.Exists(result => !result.IsError && result.Text.Contains(output, StringComparison.Ordinal));

    /// <summary>A line may be cut where the program was ended.</summary>
    private static JsonElement? TryParse(string line)
    {
        try
        {
            return JsonElement.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Short(string? text) => text?.ReplaceLineEndings(" ").Trim() is { Length: > Longest } line ? line[..Longest] + "…" : text?.ReplaceLineEndings(" ").Trim();

    private static string TextOf(JsonElement result) =>
        result.Text("content") ?? string.Join(' ', result.Items("content").Select(part => part.Text("text")).OfType<string>());
}
