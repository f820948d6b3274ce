using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// What the backend taught us by refusing, remembered for the life of the process, so that each thing is learnt once:
/// members a model does not take, the lane it wants, and reasoning that an account can no longer read.
/// </summary>
internal sealed class Lessons
{
    private const int MostRejected = 4096;

    /// <summary>Models have names of the backend's, or those that clients make up.</summary>
    private const int MostModels = 256;

    private const int MostMembers = 32;
    private const int RejectedBytes = 400;
    private const int ModelBytes = 400;

    // _lock guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _refused = [];
    private readonly Dictionary<string, HashSet<Effort>> _efforts = [];
    private readonly Dictionary<string, bool> _lite = [];
    private readonly HashSet<string> _phases = [];
    private readonly Dictionary<(string Account, string Hash), LinkedListNode<(string, string)>> _rejected = [];
    private readonly LinkedList<(string, string)> _rejectedOrder = new();

    public CacheSize Size
    {
        get
        {
            lock (_lock)
            {
                int models = _refused.Count + _lite.Count + _phases.Count;
                return new CacheSize("lessons", _rejected.Count * RejectedBytes + models * ModelBytes, MostRejected * RejectedBytes + 3 * MostModels * ModelBytes, _rejected.Count + models);
            }
        }
    }

    /// <summary>Top-level members of the request that the model refused.</summary>
    public IReadOnlySet<string> RefusedMembers(string model)
    {
        lock (_lock) return _refused.TryGetValue(model, out HashSet<string>? refused) ? new HashSet<string>(refused) : [];
    }

    /// <summary>The backend has no search endpoint (any more): searches go through a model.</summary>
    public bool HasNoSearchEndpoint { get; set; }

    /// <summary>False when this was known already: then dropping it did not help.</summary>
    public bool Refuse(string model, string member)
    {
        lock (_lock)
        {
            if (!_refused.TryGetValue(model, out HashSet<string>? refused))
            {
                if (_refused.Count >= MostModels) _refused.Clear();
                _refused[model] = refused = [];
            }

            return refused.Count < MostMembers && refused.Add(member);
        }
    }

    /// <summary>Leaving the member out did not help: it was refused for what was in it, or not at all.</summary>
    public void Permit(string model, string member)
    {
        lock (_lock)
        {
            if (_refused.TryGetValue(model, out HashSet<string>? refused)) refused.Remove(member);
        }
    }

    /// <summary>False when this was known already: then another one did not help.</summary>
    public bool RefuseEffort(string model, Effort effort)
    {
        lock (_lock)
        {
            if (!_efforts.TryGetValue(model, out HashSet<Effort>? refused)) _efforts[model] = refused = [];
            return refused.Add(effort);
        }
    }

    /// <summary>The lane a model turned out to want, or null when its catalogue entry was never contradicted.</summary>
    public bool? LaneOf(string model)
    {
        lock (_lock) return _lite.TryGetValue(model, out bool lite) ? lite : null;
    }

    public void UseLane(string model, bool lite)
    {
        lock (_lock)
        {
            if (_lite.Count >= MostModels) _lite.Clear();
            _lite[model] = lite;
        }
    }

    public void NotePhases(string model)
    {
        lock (_lock)
        {
            if (_phases.Count >= MostModels) _phases.Clear();
            _phases.Add(model);
        }
    }

    /// <summary>The profile with what was learnt since the catalogue was read.</summary>
    public ModelProfile Apply(ModelProfile profile)
    {
        lock (_lock)
        {
            if (!profile.Phases && _phases.Contains(profile.Slug)) profile = profile with { Phases = true };
            if (!_efforts.TryGetValue(profile.Slug, out HashSet<Effort>? refused)) return profile;
            List<Effort> left = [.. profile.Efforts.Where(effort => !refused.Contains(effort))];
            return left.Count > 0 ? profile with { Efforts = left } : profile;
        }
    }

    public bool IsRejected(string account, string hash)
    {
        lock (_lock)
        {
            if (!_rejected.TryGetValue((account, hash), out LinkedListNode<(string, string)>? node)) return false;
            // A conversation that goes on asks with every turn, and must not be the first to be forgotten.
            _rejectedOrder.Remove(node);
            _rejectedOrder.AddLast(node);
            return true;
        }
    }

    public void Reject(string account, IEnumerable<string> hashes)
    {
        lock (_lock)
        {
            foreach (string hash in hashes)
            {
                if (_rejected.ContainsKey((account, hash))) continue;
                if (_rejected.Count >= MostRejected && _rejectedOrder.First is { } oldest)
                {
                    _rejected.Remove(oldest.Value);
                    _rejectedOrder.RemoveFirst();
                }

                _rejected[(account, hash)] = _rejectedOrder.AddLast((account, hash));
            }
        }
    }
}
