using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>Texts and their numbers in the file, with those met last in memory.</summary>
internal sealed class Words(Database database)
{
    private const int MostRemembered = 2_000;

    private readonly Dictionary<string, long> _ids = [];
    private readonly Dictionary<long, string> _texts = [];

    /// <summary>The text's number; a new one when it has none. Null stays null.</summary>
    public long? IdOf(string? text)
    {
        if (text is null) return null;
        if (_ids.TryGetValue(text, out long id)) return id;
        if (Find(text) is { } known) return Remember(text, known);
        database.Prepare("INSERT INTO words(text) VALUES(?)").Bind(1, text).Run();
        return Remember(text, database.LastId);
    }

    /// <summary>The text's number; null when it was never written.</summary>
    public long? Find(string text)
    {
        Statement find = database.Prepare("SELECT id FROM words WHERE text = ?").Bind(1, text);
        long? id = find.Step() ? find.Long(0) : null;
        find.Reset();
        return id;
    }

    public string? TextOf(long? id)
    {
        if (id is not { } number) return null;
        if (_texts.TryGetValue(number, out string? text)) return text;
        Statement find = database.Prepare("SELECT text FROM words WHERE id = ?").Bind(1, number);
        text = find.Step() ? find.Text(0) : null;
        find.Reset();
        if (text is not null) _texts[number] = text;
        return text;
    }

    /// <summary>Words may have been dropped.</summary>
    public void Forget() => _ids.Clear();

    private long Remember(string text, long id)
    {
        if (_ids.Count >= MostRemembered) _ids.Clear();
        return _ids[text] = id;
    }
}
