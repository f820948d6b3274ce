using System.Text;

namespace CodexClaudeProxy.Service;

/// <summary>One step of a change to the services of this machine: exactly one of its three kinds.</summary>
internal sealed record ServiceStep
{
    /// <summary>The file to write, with <see cref="Content"/>.</summary>
    public string? Write { get; private init; }

    public string Content { get; private init; } = "";

    /// <summary>Only its owner may read the file.</summary>
    public bool IsPrivate { get; private init; }

    public Encoding Encoding { get; private init; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The program to run, and its arguments.</summary>
    public string[] Run { get; private init; } = [];

    /// <summary>What a failure means; null when it ends everything.</summary>
    public string? OnFailure { get; private init; }

    /// <summary>The file to delete, where there is one.</summary>
    public string? Delete { get; private init; }

    public static ServiceStep WriteFile(string path, string content, bool isPrivate = false, Encoding? encoding = null)
    {
        var step = new ServiceStep { Write = path, Content = content, IsPrivate = isPrivate };
        return encoding is null ? step : step with { Encoding = encoding };
    }

    public static ServiceStep RunProgram(params string[] command) => new() { Run = command };

    /// <param name="onFailure">A sentence for the person; empty where a failure means nothing.</param>
    public static ServiceStep TryProgram(string onFailure, params string[] command) => new() { Run = command, OnFailure = onFailure };

    public static ServiceStep DeleteFile(string path) => new() { Delete = path };

    /// <summary>For the person who wants to see it first.</summary>
    public override string ToString() =>
        Write is { } path ? $"# {path}{(IsPrivate ? " (readable only by its owner)" : "")}\n{Content}"
        : Delete is { } gone ? $"# {gone} is deleted\n"
        : $"$ {string.Join(' ', Run.Select(Word))}\n";

    private static string Word(string word) => word.Length > 0 && !word.Any(static c => char.IsWhiteSpace(c) || c is '"' or '\'' or '$') ? word : $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
