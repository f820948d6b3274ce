using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Pool;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Upstream;

namespace CodexClaudeProxy.Turns;

/// <summary>What the backend offers to which account. Plans differ, so each has a list of its own, and all together are what can be asked for.</summary>
internal sealed class AccountCatalogues(AccountStore store, AccountPool pool, TokenRefresher tokens, CodexClient codex, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>Lists are short; one that is not is asked for each time.</summary>
    private const int LongestKept = 1024 * 1024;

    private const int MostKept = 16;

    /// <summary>Among many accounts there are few plans, and one account of each tells what its plan has.</summary>
    private const int MostAsked = 8;

    private readonly ConcurrentDictionary<string, Fetched> _fetched = new();

    public CacheSize Size => new("models of accounts", _fetched.Sum(entry => (long)entry.Value.Reply.Body.Length), (long)MostKept * LongestKept, _fetched.Count);

    /// <summary>One account's list, a few minutes old at most.</summary>
    /// <exception cref="HttpRequestException">The backend has no list for this account now.</exception>
    public async Task<CatalogueReply> GetAsync(Account account, CancellationToken ct) =>
        _fetched.TryGetValue(account.Key, out Fetched? known) && time.GetUtcNow() < known.At + Fresh ? known.Reply : await FetchAsync(account, ct);

    /// <summary>Every model that some account is offered, fresh from the backend. The first account's list leads.</summary>
    /// <exception cref="InvalidOperationException">Nobody can ask.</exception>
    /// <exception cref="HttpRequestException">The backend has no list for anybody now.</exception>
    public async Task<CatalogueReply> FetchAllAsync(CancellationToken ct)
    {
        Account[] asked = WhoIsAsked();
        if (asked.Length == 0) throw new InvalidOperationException("no account is signed in");
        (CatalogueReply? Reply, HttpRequestException? Failure)[] answers = await Task.WhenAll(asked.Select(account => TryFetchAsync(account, ct)));
        CatalogueReply[] replies = [.. answers.Select(answer => answer.Reply).OfType<CatalogueReply>()];
        return replies.Length > 0 ? Union(replies, Hidden()) : throw answers[0].Failure!;
    }

    /// <summary>What is excluded for every account that is offered it need not be asked for.</summary>
    private Predicate<string> Hidden()
    {
        Account[] able = [.. Able()];
        return able.All(account => account.ExcludedModels.Count == 0) ? static _ => false
            : model => able.All(account => account.ExclusionOf(model) is not null || Offers(account, model) == false);
    }

    private IEnumerable<Account> Able()
    {
        DateTimeOffset now = time.GetUtcNow();
        return store.Read().All.Where(account => account.Enabled && !account.CannotSend(now));
    }

    /// <summary>Whether the account is offered the model; null when that is not known. An account that was not asked is taken for others of its plan.</summary>
    public bool? Offers(Account account, string model)
    {
        if (!_fetched.TryGetValue(account.Key, out Fetched? list)) list = _fetched.Values.FirstOrDefault(other => other.Plan == account.PlanType);
        return list?.Models?.Find(model) is not null ? true : list?.Models is null ? null : false;
    }

    /// <summary>Who would serve now, one of each plan, and then the others.</summary>
    private Account[] WhoIsAsked()
    {
        Account? first = pool.Preview("").Account;
        Account[] able = [.. Able().OrderBy(account => account.Key == first?.Key ? 0 : 1)];
        return [.. able.DistinctBy(account => account.PlanType).Concat(able).DistinctBy(account => account.Key).Take(MostAsked)];
    }

    private async Task<(CatalogueReply? Reply, HttpRequestException? Failure)> TryFetchAsync(Account account, CancellationToken ct)
    {
        try
        {
            return (await FetchAsync(account, ct), null);
        }
        catch (HttpRequestException e)
        {
            // What it was offered a while ago is better than nothing.
            return (_fetched.GetValueOrDefault(account.Key)?.Reply, e);
        }
    }

    private async Task<CatalogueReply> FetchAsync(Account account, CancellationToken ct)
    {
        CredentialReply reply = await tokens.GetCredentialAsync(account, ct);
        for (bool renewed = false; ; renewed = true)
        {
            if (reply.Credential is not { } credential) throw new HttpRequestException(reply.Failure!.Message);
            try
            {
                CatalogueReply answer = await codex.GetModelsAsync(credential, ct);
                Keep(account, answer);
                return answer;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.Unauthorized && !renewed)
            {
                reply = await tokens.OnUnauthorizedAsync(credential, ct);
            }
        }
    }

    private void Keep(Account account, CatalogueReply reply)
    {
        if (reply.Body.Length > LongestKept) return;
        if (_fetched.Count >= MostKept && !_fetched.ContainsKey(account.Key)) _fetched.Clear();
        _fetched[account.Key] = new Fetched(time.GetUtcNow(), account.PlanType, reply, ModelCatalogue.TryParse(reply.Body));
    }

    /// <summary>The first list as it is, with the models of the others behind its own, and without those that are hidden.</summary>
    private static CatalogueReply Union(CatalogueReply[] replies, Predicate<string> hidden)
    {
        CatalogueReply first = replies[0];
        if (ModelCatalogue.TryParse(first.Body) is not { } models) return replies.FirstOrDefault(reply => ModelCatalogue.TryParse(reply.Body) is not null) ?? first;

        HashSet<string> known = new(models.Models.Select(model => model.Profile.Slug), StringComparer.OrdinalIgnoreCase);
        List<JsonElement> more = [];
        foreach (CatalogueReply other in replies.Skip(1))
        {
            if (ModelCatalogue.TryParse(other.Body) is null) continue;
            using JsonDocument list = JsonDocument.Parse(ByteOrderMark.Skip(other.Body), JsonDepth.Document);
            foreach (JsonElement entry in list.RootElement.Items("models"))
            {
                if (entry.Text("slug") is { } slug && !hidden(slug) && known.Add(slug)) more.Add(entry.Clone());
            }
        }

        string[] etags = [.. replies.Skip(1).Select(reply => reply.ETag).OfType<string>().Distinct()];
        bool isWhole = more.Count == 0 && !models.Models.Any(model => hidden(model.Profile.Slug));
        return (isWhole ? first : first with { Body = With(first.Body, more, hidden) }) with { OtherETags = etags };
    }

    private static ReadOnlyMemory<byte> With(ReadOnlyMemory<byte> list, List<JsonElement> more, Predicate<string> hidden)
    {
        ArrayBufferWriter<byte> body = new(list.Length * 2);
        using (JsonDocument document = JsonDocument.Parse(ByteOrderMark.Skip(list), JsonDepth.Document))
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                json.WritePropertyName(member.Name);
                if (member.Name != "models")
                {
                    member.Value.WriteTo(json);
                    continue;
                }

                json.WriteStartArray();
                foreach (JsonElement entry in member.Value.EnumerateArray().Where(entry => entry.Text("slug") is not { } slug || !hidden(slug)).Concat(more)) entry.WriteTo(json);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }

    private sealed record Fetched(DateTimeOffset At, string Plan, CatalogueReply Reply, ModelCatalogue? Models);
}
