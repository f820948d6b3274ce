using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.AutoMode;

/// <summary>
/// Knows the calls that the client decides by itself when it is told nothing: tools that only look or note, commands that only read,
/// and edits of ordinary files in its directories. They need no model. What is not plainly one of these is judged.
/// </summary>
public sealed class Prefilter(ClassifierContext context)
{
    private static readonly HashSet<string> Harmless =
    [
        "Read", "Glob", "Grep", "LS", "NotebookRead", "TodoWrite", "TaskCreate", "TaskGet", "TaskList", "TaskUpdate", "ToolSearch", "ListAgents",
        "ReportFindings", "AskUserQuestion", "EnterPlanMode", "ExitPlanMode", "StructuredOutput",
    ];

    private readonly TrustedPaths _paths = new(context);

    public bool Covers(AnsweredCall call)
    {
        if (Harmless.Contains(call.Tool)) return true;
        if (call.Tool is not ("Bash" or "Write" or "Edit" or "MultiEdit" or "NotebookEdit")) return false;
        using var input = JsonDocument.Parse(call.Input, JsonDepth.Document);
        return call.Tool == "Bash" ? CoversShell(input.RootElement) : CoversEdit(input.RootElement);
    }

    private bool CoversShell(JsonElement input)
    {
        if (context.ClassifyAllShell || input.Text("command"u8) is not { } command) return false;
        foreach (var member in input.EnumerateObject())
        {
            // Another member may send it to the background or out of its sandbox.
            if (member.Name is not ("command" or "description" or "timeout")) return false;
        }

        return ReadOnlyCommand.Covers(command, _paths);
    }

    private bool CoversEdit(JsonElement input) =>
        (input.Text("file_path"u8) ?? input.Text("notebook_path"u8)) is { Length: > 0 } path && _paths.ContainsOrdinary(path);
}
