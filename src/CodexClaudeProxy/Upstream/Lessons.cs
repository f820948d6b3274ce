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
    public void Read(JsonElement saved)
    {
        DateTimeOffset oldest = time.GetUtcNow() - Lasting;
        lock (_lock)
        {
            foreach (JsonProperty model in Members(saved, "models"))
            {
                ModelLessons known = new() { Learnt = At(model.Value, "learnt") };
                if (known.Learnt < oldest || _models.Count >= MostModels) continue;
                known.Members.UnionWith(Strings(model.Value, "refused").Take(MostMembers));
                foreach (string word in Strings(model.Value, "efforts"))
                {
                    if (Efforts.TryParse(word, out Effort effort)) known.Efforts.Add(effort);
                }

                if (model.Value.TryGetProperty("lite", out JsonElement lite) && lite.ValueKind is JsonValueKind.True or JsonValueKind.False) known.Lite = lite.GetBoolean();
                known.Phases = model.Value.TryGetProperty("phases", out JsonElement phases) && phases.ValueKind == JsonValueKind.True;
                _models[model.Name] = known;
            }

            foreach (JsonProperty schema in Members(saved, "schemas"))
            {
                DateTimeOffset learnt = schema.Value.ValueKind == JsonValueKind.String && schema.Value.TryGetDateTimeOffset(out DateTimeOffset at) ? at : default;
                if (learnt >= oldest && _schemas.Count < MostSchemas) _schemas[schema.Name] = learnt;
            }

            ReducedSchemas = new HashSet<string>(_schemas.Keys);
        }

        foreach (JsonProperty account in Members(saved, "unreadableReasoning")) Reject(account.Name, Strings(account.Value));
        _changed.Reader.TryRead(out _);
    }

    public void Write(Utf8JsonWriter json)
    {
        lock (_lock)
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, 1);
            json.WriteStartObject("models"u8);
            foreach ((string name, ModelLessons known) in _models)
            {
                json.WriteStartObject(name);
                Write(json, "refused"u8, known.Members);
                Write(json, "efforts"u8, known.Efforts.Select(static effort => effort.Word()));
                if (known.Lite is { } lite) json.WriteBoolean("lite"u8, lite);
                json.WriteBoolean("phases"u8, known.Phases);
                json.WriteString("learnt"u8, known.Learnt);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartObject("schemas"u8);
            foreach ((string hash, DateTimeOffset learnt) in _schemas) json.WriteString(hash, learnt);
            json.WriteEndObject();
            json.WriteStartObject("unreadableReasoning"u8);
            foreach (var account in _rejectedOrder.GroupBy(static rejected => rejected.Account))
            {
                json.WriteStartArray(account.Key);
                foreach ((_, string hash) in account) json.WriteStringValue(hash);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
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

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static IEnumerable<JsonProperty> Members(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Where(member => name != "models" || member.Value.ValueKind == JsonValueKind.Object)
            : [];

    private static IEnumerable<string> Strings(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement list) ? Strings(list) : [];

    private static IEnumerable<string> Strings(JsonElement list) => list.ValueKind == JsonValueKind.Array
        ? list.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.GetString()!)
        : [];

    private static DateTimeOffset At(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset at) ? at : default;
}
