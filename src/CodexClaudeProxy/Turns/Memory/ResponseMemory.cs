using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Turns.Memory;

/// <summary>
/// Recent answers of the Responses API with what was asked, for clients that name an item or a response instead of sending it
/// again. In memory only, bounded, and for an hour after the last use. An item is kept once, however many answers stand behind it.
/// </summary>
/// <param name="emptied">Called when the last entry has outlived its time.</param>
internal sealed class ResponseMemory(TimeProvider time, Action emptied, long limitBytes = ResponseMemory.MostBytes) : IDisposable
{
    public const long MostBytes = 64 * 1_048_576;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(60);

    /// <summary>Of an entry, beside its content: nodes, keys and the objects around them.</summary>
    private const int EntryBytes = 400;

    /// <summary>Members that repeat the request, large and the same in every answer of a conversation.</summary>
    private static readonly string[] Repeated = ["instructions", "tools"];

    /// <summary>Each an <see cref="Item"/> or a <see cref="Response"/>, as its key says.</summary>
    private readonly RecentlyUsed<Key, object> _entries = new(limitBytes, Lifetime, time, emptied);

    /// <summary>Guards that an answer and its items belong together.</summary>
    private readonly Lock _lock = new();

    private enum Kind { Response, Item, Content }

    /// <param name="Id">Of an item without an id: the hash of its bytes.</param>
    private readonly record struct Key(Kind Kind, string Id);

    private sealed record Item(byte[] Json, string? AccountMark);

    /// <param name="Items">The whole conversation, input and output.</param>
    /// <param name="OutputStart">The first of them that is output.</param>
    /// <param name="Rest">The response object without its output and what is repeated.</param>
    private sealed record Response(Key[] Items, int OutputStart, byte[] Rest, (string Name, Key Value)[] Repeated);

    /// <summary>Off, nothing is kept, and what was is forgotten.</summary>
    public bool IsOn
    {
        get => _entries.IsOn;
        set => _entries.IsOn = value;
    }

    public CacheSize Size => _entries.SizeAs("responses");

    /// <summary>What is left of the memory this process may have, where that is little.</summary>
    public static long LimitFor(long availableBytes) => Math.Min(MostBytes, availableBytes / 8);

    /// <param name="request">As the client sent it. One that says <c>store: false</c> is not kept, nor its answer.</param>
    /// <param name="response">The response object as the client sees it.</param>
    public void Keep(JsonElement request, JsonElement response, string accountMark)
    {
        if (!IsOn || request.Flag("store") == false) return;
        if (response.Text("id") is not { Length: > 0 } id) return;
        lock (_lock)
        {
            var items = new List<Key>();
            if (request.Text("previous_response_id") is { } previous)
            {
                if (Find(previous) is not { } before) return;
                items.AddRange(before.Items);
            }

            if (request.Member("input") is { ValueKind: JsonValueKind.String } text) items.Add(Keep(Kind.Content, text, null));
            foreach (JsonElement item in request.Items("input")) AddInput(item, items);

            int outputStart = items.Count;
            foreach (JsonElement item in response.Items("output")) items.Add(Keep(Kind.Item, item, accountMark));
            (string, Key)[] repeated = [.. Repeated.Select(name => (Name: name, Value: response.Member(name))).Where(static member => member.Value.ValueKind != JsonValueKind.Undefined).Select(member => (member.Name, Keep(Kind.Content, member.Value, null)))];
            byte[] rest = RestOf(response);
            _entries.Set(new Key(Kind.Response, id), new Response([.. items], outputStart, rest, repeated), EntryBytes + rest.Length + items.Count * 32L);
        }
    }

    /// <summary>The output item with this id; use renews it.</summary>
    public RememberedItem? Recall(string id)
    {
        lock (_lock) return Use(new Key(Kind.Item, id));
    }

    /// <summary>The conversation up to the end of this response; use renews all of it. Null when any of it is gone.</summary>
    public IReadOnlyList<RememberedItem>? RecallConversation(string responseId)
    {
        lock (_lock)
        {
            if (Find(responseId) is not { } response) return null;
            var items = new List<RememberedItem>();
            foreach (Key key in response.Items)
            {
                if (Use(key) is not { } item) return null;
                items.Add(item);
            }

            return items;
        }
    }

    /// <summary>The response object as its client had it; null when it is not there any more.</summary>
    public byte[]? ObjectOf(string responseId)
    {
        lock (_lock)
        {
            if (Find(responseId) is not { } response) return null;
            using var json = new PooledBuffer();
            json.Append(response.Rest.AsSpan(..^1));
            foreach ((string name, Key value) in response.Repeated)
            {
                if (Use(value) is not { } member) return null;
                json.Append(Encoding.UTF8.GetBytes($",\"{name}\":"));
                json.Append(member.Json.Span);
            }

            json.Append(",\"output\":["u8);
            for (int at = response.OutputStart; at < response.Items.Length; at++)
            {
                if (Use(response.Items[at]) is not { } item) return null;
                if (at > response.OutputStart) json.Append(","u8);
                json.Append(item.Json.Span);
            }

            json.Append("]}"u8);
            return json.Written.ToArray();
        }
    }

    /// <summary>Forgets a response, and of its conversation what no other response needs.</summary>
    public bool Forget(string responseId)
    {
        lock (_lock)
        {
            if (Find(responseId) is not { } response) return false;
            var needed = new HashSet<Key>();
            _entries.RemoveWhere(entry =>
            {
                if (entry is Response other && !ReferenceEquals(other, response)) needed.UnionWith([.. other.Items, .. other.Repeated.Select(static member => member.Value)]);
                return ReferenceEquals(entry, response);
            });
            foreach (Key key in response.Items.Concat(response.Repeated.Select(static member => member.Value)))
            {
                if (!needed.Contains(key)) _entries.Remove(key);
            }

            return true;
        }
    }

    public void Dispose() => _entries.Dispose();

    private void AddInput(JsonElement item, List<Key> items)
    {
        if (item.Text("type") != "item_reference") items.Add(Keep(Kind.Content, item, null));
        else if (item.Text("id") is { } id && _entries.TryPeek(new Key(Kind.Item, id), out _)) items.Add(new Key(Kind.Item, id));
    }

    /// <param name="kind">An item without an id is kept by its content.</param>
    private Key Keep(Kind kind, JsonElement value, string? accountMark)
    {
        ReadOnlySpan<byte> json = JsonMarshal.GetRawUtf8Value(value);
        var key = kind == Kind.Item && value.Text("id") is { Length: > 0 } id
            ? new Key(Kind.Item, id)
            : new Key(Kind.Content, Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16)) + accountMark);
        if (key.Kind == Kind.Content && _entries.TryPeek(key, out _)) _entries.Renew(key);
        else _entries.Set(key, new Item(json.ToArray(), accountMark), EntryBytes + json.Length);
        return key;
    }

    private Response? Find(string responseId)
    {
        var key = new Key(Kind.Response, responseId);
        if (!_entries.TryPeek(key, out object? entry)) return null;
        _entries.Renew(key);
        return (Response)entry;
    }

    private RememberedItem? Use(Key key)
    {
        if (!_entries.TryPeek(key, out object? entry)) return null;
        _entries.Renew(key);
        var item = (Item)entry;
        return new RememberedItem(item.Json, item.AccountMark);
    }

    private static byte[] RestOf(JsonElement response)
    {
        using var rest = new MemoryStream();
        using (var json = new Utf8JsonWriter(rest))
        {
            json.WriteStartObject();
            foreach (JsonProperty member in response.EnumerateObject())
            {
                if (!member.NameEquals("output"u8) && !Repeated.Contains(member.Name)) member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return rest.ToArray();
    }
}
