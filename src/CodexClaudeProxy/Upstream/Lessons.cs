using System.Text.Json;
using System.Threading.Channels;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Upstream;

/// <summary>
/// What the backend taught us by refusing, so that each thing is learnt once: members and efforts a model does not take, the lane it wants,
/// schemas it refuses, and reasoning that an account can no longer read. It shapes the beginning of every later request, so it outlives the
/// process (<see cref="LessonsFile"/>): otherwise a restart would cost every conversation its prompt cache.
/// </summary>
internal sealed class Lessons(TimeProvider time)
{
    /// <summary>What was learnt longer ago may no longer be true.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromDays(30);

    private const int MostRejected = 4096;

    /// <summary>Models have names of the backend's, or those that clients make up.</summary>
    private const int MostModels = 256;

    private const int MostMembers = 32;
    private const int MostSchemas = 1024;
    private const int RejectedBytes = 400;
    private const int ModelBytes = 400;
    private const int SchemaBytes = 200;

    private sealed class ModelLessons
    {
        public HashSet<string> Members { get; } = [];

        public HashSet<Effort> Efforts { get; } = [];

        public bool? Lite { get; set; }

        public bool Phases { get; set; }

        public DateTimeOffset Learnt { get; set; }

        public SavedModel Saved() => new([.. Members], [.. Efforts.Select(static effort => effort.Word())], Lite, Phases, Learnt);
    }

    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // _lock guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModelLessons> _models = [];
    private readonly Dictionary<string, DateTimeOffset> _schemas = [];
    private readonly Dictionary<(string Account, string Hash), LinkedListNode<(string, string)>> _rejected = [];
    private readonly LinkedList<(string Account, string Hash)> _rejectedOrder = new();

    public CacheSize Size
    {
        get
        {
            lock (_lock)
            {
                return new CacheSize(
                    "lessons",
                    _rejected.Count * RejectedBytes + _models.Count * ModelBytes + _schemas.Count * SchemaBytes,
                    MostRejected * RejectedBytes + MostModels * ModelBytes + MostSchemas * SchemaBytes,
                    _rejected.Count + _models.Count + _schemas.Count);
            }
        }
    }

    /// <summary>Holds an element when there is something to save.</summary>
    public ChannelReader<bool> Changed => _changed.Reader;

    /// <summary>Hashes of the schemas that were refused as they are. A new set after each new one.</summary>
    public IReadOnlySet<string> ReducedSchemas { get; private set; } = new HashSet<string>();

    /// <summary>The backend has no search endpoint (any more): searches go through a model.</summary>
    public bool HasNoSearchEndpoint { get; set; }

    /// <summary>Members of the request that the model refused.</summary>
    public IReadOnlySet<string> RefusedMembers(string model)
    {
        lock (_lock) return _models.TryGetValue(model, out ModelLessons? known) ? new HashSet<string>(known.Members) : [];
    }

    /// <summary>False when this was known already: then dropping it did not help.</summary>
    public bool Refuse(string model, string member) => Learn(model, known => known.Members.Count < MostMembers && known.Members.Add(member));

    /// <summary>Leaving the member out did not help: it was refused for what was in it, or not at all.</summary>
    public void Permit(string model, string member) => Learn(model, known => known.Members.Remove(member));

    /// <summary>False when this was known already: then another one did not help.</summary>
    public bool RefuseEffort(string model, Effort effort) => Learn(model, known => known.Efforts.Add(effort));

    /// <summary>The lane a model turned out to want, or null when its catalogue entry was never contradicted.</summary>
    public bool? LaneOf(string model)
    {
        lock (_lock) return _models.TryGetValue(model, out ModelLessons? known) ? known.Lite : null;
    }

    public void UseLane(string model, bool lite) => Learn(model, known =>
    {
        bool isNew = known.Lite != lite;
        known.Lite = lite;
        return isNew;
    });

    public void NotePhases(string model)
    {
        // Asked with every turn, and nearly always known.
        lock (_lock)
        {
            if (_models.TryGetValue(model, out ModelLessons? known) && known.Phases) return;
        }

        Learn(model, static known => known.Phases = true);
    }

    /// <summary>False when this was known already: then reducing it did not help.</summary>
    public bool ReduceSchema(string hash)
    {
        lock (_lock)
        {
            if (_schemas.ContainsKey(hash)) return false;
            if (_schemas.Count >= MostSchemas) _schemas.Clear();
            _schemas[hash] = time.GetUtcNow();
            ReducedSchemas = new HashSet<string>(_schemas.Keys);
        }

        _changed.Writer.TryWrite(true);
        return true;
    }

    /// <summary>The profile with what was learnt since the catalogue was read.</summary>
    public ModelProfile Apply(ModelProfile profile)
    {
        lock (_lock)
        {
            if (!_models.TryGetValue(profile.Slug, out ModelLessons? known)) return profile;
            if (known.Phases && !profile.Phases) profile = profile with { Phases = true };
            if (known.Efforts.Count == 0) return profile;
            List<Effort> left = [.. profile.Efforts.Where(effort => !known.Efforts.Contains(effort))];
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

        _changed.Writer.TryWrite(true);
    }

    /// <summary>Takes over what an earlier process had learnt, as far as it is not too old.</summary>
    public void Read(JsonElement file)
    {
        SavedLessons saved = SavedLessons.Read(file);
        DateTimeOffset oldest = time.GetUtcNow() - Lasting;
        lock (_lock)
        {
            foreach ((string name, SavedModel model) in saved.Models)
            {
                if (model.Learnt < oldest || _models.Count >= MostModels) continue;
                ModelLessons known = new() { Lite = model.Lite, Phases = model.Phases, Learnt = model.Learnt };
                known.Members.UnionWith(model.Refused.Take(MostMembers));
                foreach (string word in model.Efforts)
                {
                    if (Efforts.TryParse(word, out Effort effort)) known.Efforts.Add(effort);
                }

                _models[name] = known;
            }

            foreach ((string hash, DateTimeOffset learnt) in saved.Schemas)
            {
                if (learnt >= oldest && _schemas.Count < MostSchemas) _schemas[hash] = learnt;
            }

            ReducedSchemas = new HashSet<string>(_schemas.Keys);
        }

        foreach ((string account, IReadOnlyList<string> hashes) in saved.UnreadableReasoning) Reject(account, hashes);
        _changed.Reader.TryRead(out _);
    }

    public void Write(Utf8JsonWriter json)
    {
        lock (_lock)
        {
            var saved = new SavedLessons(
                1,
                _models.ToDictionary(static model => model.Key, static model => model.Value.Saved()),
                _schemas,
                _rejectedOrder.GroupBy(static rejected => rejected.Account)
                    .ToDictionary(static account => account.Key, static account => (IReadOnlyList<string>)[.. account.Select(static rejected => rejected.Hash)]));
            JsonSerializer.Serialize(json, saved, UpstreamContext.Default.SavedLessons);
        }
    }

    /// <param name="lesson">False when it is nothing new.</param>
    private bool Learn(string model, Func<ModelLessons, bool> lesson)
    {
        lock (_lock)
        {
            if (!_models.TryGetValue(model, out ModelLessons? known))
            {
                if (_models.Count >= MostModels) _models.Clear();
                _models[model] = known = new ModelLessons();
            }

            if (!lesson(known)) return false;
            known.Learnt = time.GetUtcNow();
        }

        _changed.Writer.TryWrite(true);
        return true;
    }
}
