using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;

namespace CodexClaudeProxy.Dashboard;

/// <summary>One file of the page, as it lies in the program: packed while the program was built, in the two ways browsers know.</summary>
internal sealed class DashboardFile
{
    private static readonly Assembly Program = typeof(DashboardFile).Assembly;
    private static readonly ConcurrentDictionary<string, string> Tags = new();

    private readonly string _resource;

    private DashboardFile(string path, string resource)
    {
        _resource = resource;
        ContentType = Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".json" => "application/json; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
    }

    public string ContentType { get; }

    /// <summary>The packed form to send, or null for a client that unpacks neither.</summary>
    public string? Encoding { get; private init; }

    /// <summary>Strong, so it differs between the forms too.</summary>
    public string Tag => Tags.GetOrAdd($"{_resource} {Encoding}", static (_, file) => file.ComputeTag(), this);

    /// <param name="path">Such as <c>dashboard/lib/api.js</c>. Only what is embedded has a name, so no path leads anywhere else.</param>
    public static DashboardFile? Find(string path, bool brotli, bool gzip)
    {
        string resource = $"{path}{(brotli ? ".br" : ".gz")}";
        return Program.GetManifestResourceInfo(resource) is null ? null : new DashboardFile(path, resource) { Encoding = brotli ? "br" : gzip ? "gzip" : null };
    }

    public Stream Open()
    {
        Stream packed = OpenPacked();
        return Encoding is null ? new GZipStream(packed, CompressionMode.Decompress) : packed;
    }

    private Stream OpenPacked() => Program.GetManifestResourceStream(_resource)!;

    /// <summary>FNV-1a: it tells versions apart, which is all a tag must do, without loading a cryptographic library for it.</summary>
    private string ComputeTag()
    {
        ulong hash = 14_695_981_039_346_656_037;
        using Stream packed = OpenPacked();
        for (int next = packed.ReadByte(); next >= 0; next = packed.ReadByte()) hash = unchecked((hash ^ (byte)next) * 1_099_511_628_211);
        return string.Create(CultureInfo.InvariantCulture, $"\"{hash:x16}{(Encoding is null ? "-plain" : "")}\"");
    }
}
