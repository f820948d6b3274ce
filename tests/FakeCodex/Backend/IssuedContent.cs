using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace FakeCodex;

/// <summary>
/// The encrypted contents each account was given. The real ones can be read back only by the account they were made for.
/// </summary>
public sealed partial class IssuedContent
{
    private readonly ConcurrentDictionary<(string Content, string AccountId), bool> _issued = new();

    /// <summary>Makes a content valid for an account as if an earlier answer had carried it.</summary>
    public void Register(string encryptedContent, FakeUser user) => _issued[(encryptedContent, user.AccountId)] = true;

    /// <summary>Makes all contents worthless, as a key rotation does.</summary>
    public void Forget() => _issued.Clear();

    internal bool IsKnown(string encryptedContent, FakeUser? user) =>
        user is not null && _issued.ContainsKey((encryptedContent, user.AccountId));

    /// <summary>Registers what an answer carries. The value of an item that is only added is preliminary and does not count.</summary>
    internal void RegisterFrom(Reply reply, FakeUser user)
    {
        if (!reply.IsStream) return;
        // Undo the framing first: one event's JSON may be spread over several data lines.
        string text = DataLine().Replace(Encoding.UTF8.GetString(reply.BodyBytes()).ReplaceLineEndings("\n"), "\n");
        foreach (string frame in text.Split("\n\n"))
        {
            if (!frame.Contains("\"response.output_item.done\"", StringComparison.Ordinal)) continue;
            foreach (Match match in Encrypted().Matches(frame)) Register(match.Groups[1].Value, user);
        }
    }

    [GeneratedRegex("\n?^data: ?", RegexOptions.Multiline)]
    private static partial Regex DataLine();

    [GeneratedRegex("\"encrypted_content\"\\s*:\\s*\"([^\"]+)\"")]
    private static partial Regex Encrypted();
}
