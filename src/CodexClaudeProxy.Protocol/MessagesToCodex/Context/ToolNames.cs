using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Context;

/// <summary>
/// The backend takes tool names of 1 to 64 letters, digits, <c>_</c> and <c>-</c>; longer or other ones get a short form that
/// depends on nothing but the name, so that it stays the same from turn to turn. All names of a request are added before
/// the first is looked up.
/// </summary>
internal sealed class ToolNames
{
    private const int Longest = 64;

    private readonly Dictionary<string, string> _upstream = [];
    private readonly Dictionary<string, ClientToolName> _clients = [];

    /// <summary>The reverse map for the names that differ.</summary>
    public IReadOnlyDictionary<string, ClientToolName> Differing =>
        _clients.Where(static pair => pair.Value != new ClientToolName(pair.Key)).ToDictionary();

    public void Add(string name, string? toolset = null)
    {
        var client = new ClientToolName(name, toolset);
        var full = Full(client);
        if (_upstream.ContainsKey(full)) return;

        var upstream = Short(full);
        if (_clients.TryGetValue(upstream, out var other))
        {
            // Two names with one short form: both take the long digest, so that neither depends on who came first.
            var otherFull = Full(other);
            if (otherFull != upstream) Assign(otherFull, Short(otherFull, digits: 16), other);
            if (full != upstream) upstream = Short(full, digits: 16);
        }

        Assign(full, upstream, client);
    }

    public string Upstream(string name, string? toolset = null)
    {
        var full = Full(new ClientToolName(name, toolset));
        return _upstream.TryGetValue(full, out var upstream) ? upstream : Short(full);
    }

    public static string Short(string name, int digits = 8)
    {
        if (CallId.IsPlain(name)) return name;
        const string mcp = "mcp__";
        var digest = "_" + CallId.Digest(name, digits);
        return name.StartsWith(mcp, StringComparison.Ordinal)
            ? mcp + CallId.Sanitise(name.AsSpan(name.LastIndexOf("__", StringComparison.Ordinal) + 2), Longest - mcp.Length - digest.Length) + digest
            : CallId.Sanitise(name, Longest - digest.Length) + digest;
    }

    private static string Full(ClientToolName client) => client.Toolset is null ? client.Name : client.Toolset + "__" + client.Name;

    private void Assign(string full, string upstream, ClientToolName client)
    {
        _upstream[full] = upstream;
        _clients[upstream] = client;
    }
}
