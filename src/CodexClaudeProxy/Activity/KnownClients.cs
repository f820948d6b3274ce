using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>The clients whose requests the file still holds.</summary>
internal static class KnownClients
{
    /// <summary>Their names without versions.</summary>
    public static IReadOnlyList<string> In(Database database)
    {
        Statement rows = database.Prepare("SELECT text FROM words WHERE id IN (SELECT DISTINCT client FROM requests)");
        List<string> names = [];
        while (rows.Step())
        {
            if (ClientName.WithoutVersion(rows.Text(0)) is { } name && !names.Contains(name)) names.Add(name);
        }

        rows.Reset();
        return names;
    }
}
