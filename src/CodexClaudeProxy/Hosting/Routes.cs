namespace CodexClaudeProxy.Hosting;

/// <summary>
/// Which handler answers which method and path. A table of our own, because the framework's routing would cost
/// 2 MB of memory for what is a dictionary here, and because every miss must be answered in the caller's envelope.
/// </summary>
/// <remarks>
/// Paths are matched in any case, with or without a trailing slash, and with <c>/v1</c> doubled, as happens when a
/// client's base address already ends in it. <c>{name}</c> stands for one segment, <c>{name*}</c> for the whole rest;
/// their decoded values are in <see cref="HttpRequest.RouteValues"/>. GET handlers also answer HEAD.
/// </remarks>
internal sealed class Routes
{
    private readonly Dictionary<string, Resource> _literal = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string[] Segments, Resource Resource)> _patterns = [];

    /// <param name="withoutKey">What callers get that do not present the access key; null for an error.</param>
    public Routes Get(string path, RequestDelegate handler, RequestDelegate? withoutKey = null) => Add(path, "GET", handler, withoutKey);

    /// <param name="withoutKey">What callers get that do not present the access key; null for an error.</param>
    public Routes Head(string path, RequestDelegate handler, RequestDelegate? withoutKey = null) => Add(path, "HEAD", handler, withoutKey);

    public Routes Post(string path, RequestDelegate handler) => Add(path, "POST", handler);

    public Routes Patch(string path, RequestDelegate handler) => Add(path, "PATCH", handler);

    public Routes Delete(string path, RequestDelegate handler) => Add(path, "DELETE", handler);

    /// <summary>Part of the dashboard's page: harmless to anyone, so a link from elsewhere may lead to it, and it needs no key.</summary>
    public Routes Page(string path, RequestDelegate handler)
    {
        Add(path, "GET", handler);
        At(path).IsPage = true;
        return this;
    }

    /// <summary>Lets clients with keys of their own reach what is mapped at or below these paths so far. Everything else is for the owner.</summary>
    public void OpenToClients(params ReadOnlySpan<PathString> paths)
    {
        foreach (PathString path in paths)
        {
            foreach ((string mapped, Resource resource) in Resources) resource.IsForClients |= new PathString(mapped).StartsWithSegments(path);
        }
    }

    /// <summary>Every path that clients with keys of their own reach.</summary>
    public IEnumerable<string> ForClients => Resources.Where(static mapped => mapped.Value.IsForClients).Select(static mapped => mapped.Key);

    /// <summary>Every method of every path, as they were mapped.</summary>
    public IEnumerable<(string Method, string Path)> All =>
        Resources.SelectMany(static mapped => mapped.Value.Methods, static (mapped, method) => (method, mapped.Key));

    private IEnumerable<KeyValuePair<string, Resource>> Resources =>
        _literal.Concat(_patterns.Select(static pattern => KeyValuePair.Create(Join(pattern.Segments), pattern.Resource)));

    /// <summary>The resource a path names, or null. Fills in the route values.</summary>
    public Resource? Find(HttpRequest request)
    {
        string path = request.Path.Value ?? "/";
        if (_literal.TryGetValue(path, out Resource? resource)) return resource;

        string[] segments = Segments(path);
        if (_literal.TryGetValue(Join(segments), out resource)) return resource;

        foreach ((string[] pattern, Resource candidate) in _patterns)
        {
            if (!Matches(pattern, segments)) continue;

            for (int i = 0; i < pattern.Length; i++)
            {
                if (IsTail(pattern[i])) request.RouteValues[pattern[i][1..^2]] = Decode(string.Join('/', segments[i..]));
                else if (IsParameter(pattern[i])) request.RouteValues[pattern[i][1..^1]] = Decode(segments[i]);
            }

            return candidate;
        }

        return null;
    }

    private Routes Add(string path, string method, RequestDelegate handler, RequestDelegate? withoutKey = null)
    {
        At(path).Add(method, handler, withoutKey);
        return this;
    }

    private Resource At(string path)
    {
        if (!path.Contains('{'))
        {
            if (!_literal.TryGetValue(path, out Resource? literal)) _literal[path] = literal = new Resource();
            return literal;
        }

        string[] segments = Segments(path);
        foreach ((string[] pattern, Resource existing) in _patterns)
        {
            if (pattern.AsSpan().SequenceEqual(segments)) return existing;
        }

        var added = new Resource();
        _patterns.Add((segments, added));
        return added;
    }

    private static bool Matches(string[] pattern, string[] segments)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (i >= segments.Length) return false;
            if (IsTail(pattern[i])) return true;
            if (!IsParameter(pattern[i]) && !pattern[i].Equals(segments[i], StringComparison.OrdinalIgnoreCase)) return false;
        }

        return pattern.Length == segments.Length;
    }

    private static string[] Segments(string path)
    {
        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments is [var first, var second, ..] && IsVersion(first) && IsVersion(second) ? segments[1..] : segments;
    }

    private static bool IsVersion(string segment) => segment.Equals("v1", StringComparison.OrdinalIgnoreCase);

    private static string Join(string[] segments) => "/" + string.Join('/', segments);

    private static bool IsParameter(string segment) => segment[0] == '{';

    private static bool IsTail(string segment) => segment.EndsWith("*}", StringComparison.Ordinal);

    /// <summary>The server leaves an encoded slash alone, because decoded it would change the path.</summary>
    private static string Decode(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>One path and the methods it has.</summary>
    internal sealed class Resource
    {
        private readonly Dictionary<string, RequestDelegate> _handlers = [];
        private readonly Dictionary<string, RequestDelegate> _withoutKey = [];

        public bool IsPage { get; set; }

        /// <summary>Clients may come here with keys of their own.</summary>
        public bool IsForClients { get; set; }

        public IEnumerable<string> Methods => _handlers.Keys;

        /// <summary>Value of the <c>Allow</c> header.</summary>
        public string Allow => string.Join(", ", _handlers.ContainsKey("GET") ? _handlers.Keys.Append("HEAD").Distinct() : _handlers.Keys);

        public void Add(string method, RequestDelegate handler, RequestDelegate? withoutKey)
        {
            _handlers.Add(method, handler);
            if (withoutKey is not null) _withoutKey.Add(method, withoutKey);
        }

        public RequestDelegate? Handler(string method) => Find(_handlers, method);

        /// <summary>For callers without the access key, where they get anything.</summary>
        public RequestDelegate? HandlerWithoutKey(string method) => Find(_withoutKey, method);

        private static RequestDelegate? Find(Dictionary<string, RequestDelegate> handlers, string method) =>
            handlers.GetValueOrDefault(method) ?? (method == "HEAD" ? handlers.GetValueOrDefault("GET") : null);
    }
}
