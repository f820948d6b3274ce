using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>One entry of another program's file: a sign-in, or why it is none.</summary>
internal sealed record FoundAccount
{
    /// <summary>The file's name, for people.</summary>
    public string File { get; init; } = "";

    /// <summary>The program whose format it is; null where none is recognised.</summary>
    public string? Tool { get; init; }

    /// <summary>Null when there is a <see cref="Problem"/>.</summary>
    public TokenSet? Tokens { get; init; }

    /// <summary>Why nothing can be imported, as a sentence without its full stop.</summary>
    public string? Problem { get; init; }

    /// <summary>Who the account is. Tokens say it themselves; what stands beside them counts only where they do not.</summary>
    public string Email { get; init; } = "";

    public string AccountId { get; init; } = "";

    public string? Label { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>In our order: lower comes first.</summary>
    public int Priority { get; init; }

    public IReadOnlyList<string> ExcludedModels { get; init; } = [];

    /// <summary>What the account goes through in the other program, and then here; null where the environment decides. It may be one that cannot be used.</summary>
    public AccountProxy? Proxy { get; init; }

    /// <summary>The file tells of a proxy in a way that is not known here: without it the account would go out directly.</summary>
    public bool HasUnreadableProxy { get; init; }

    /// <summary>To find the account that is here.</summary>
    public Account Identity => new() { Email = Email, AccountId = AccountId };

    public string Key => Account.KeyOf(Email, AccountId);

    /// <summary>Never the tokens.</summary>
    public override string ToString() => $"{File}: {Email}";
}

/// <summary>A file that is to be imported.</summary>
/// <param name="Name">For people.</param>
/// <param name="Problem">Why it could not be read; null when it was.</param>
internal sealed record ImportFile(string Name, ReadOnlyMemory<byte> Content, string? Problem = null)
{
    public override string ToString() => Name;
}
