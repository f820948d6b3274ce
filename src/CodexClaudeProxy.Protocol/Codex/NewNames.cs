using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.Codex;

/// <summary>Names of events and items that are new to us, each once, and not without end.</summary>
internal sealed class NewNames
{
    private const int Most = 32;
    private const int Longest = 100;

    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    public void Note(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || _names.Count >= Most) return;
        var text = JsonText.ToString(name[..Math.Min(name.Length, Longest)]);
        if (!_names.Contains(text)) _names.Add(text);
    }
}
