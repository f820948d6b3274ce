using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Pool;

/// <summary>
/// Which accounts were refused which models, so that the next turn goes where the model is. A plan that has become another is another
/// account in this. Not safe for several threads; the pool guards it.
/// </summary>
internal sealed class MissingModels
{
    /// <summary>A refusal may have been a slip, and plans get new models.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromHours(1);

    /// <summary>A model may have any name a client makes up: beyond this what was noted first gives way.</summary>
    private const int MostNoted = 1_000;

    private readonly Dictionary<(string Account, string Model), (DateTimeOffset At, string Plan)> _refused = [];

    public void Note(Account account, string model, DateTimeOffset now)
    {
        (string, string) pair = (account.Key, model.ToLowerInvariant());
        if (_refused.Count >= MostNoted && !_refused.ContainsKey(pair)) _refused.Remove(_refused.MinBy(static entry => entry.Value.At).Key);
        _refused[pair] = (now, account.PlanType);
    }

    public bool Lacks(Account account, string model, DateTimeOffset now)
    {
        if (_refused.Count == 0 || !_refused.TryGetValue((account.Key, model.ToLowerInvariant()), out (DateTimeOffset At, string Plan) refused)) return false;
        return refused.Plan == account.PlanType && (now - refused.At).Duration() < Believed;
    }
}
