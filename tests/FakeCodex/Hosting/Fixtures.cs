using System.Reflection;
using System.Text.Json;

namespace FakeCodex;

/// <summary>The recorded shapes that are embedded in this assembly, by file name without folder and extension.</summary>
public static class Fixtures
{
    private static readonly Assembly Home = typeof(Fixtures).Assembly;

    /// <summary>Names of the upstream streams, such as <c>tool-single</c>.</summary>
    public static IReadOnlyList<string> Streams { get; } = Names("sse/", ".sse");

    /// <summary>Names of the upstream's unary answers, such as <c>429-usage-limit-reached</c>.</summary>
    public static IReadOnlyList<string> Answers { get; } = Names("http/", ".json");

    /// <summary>Names of the requests captured from the real client, such as <c>responses-http-full-gpt-5.5</c>.</summary>
    public static IReadOnlyList<string> ClientRequests { get; } = Names("codex-cli/", ".json");

    public static byte[] Stream(string name) => Read($"sse/{name}.sse");

    public static JsonElement Answer(string name) => JsonElement.Parse(Read($"http/{name}.json"));

    public static JsonElement ClientRequest(string name) => JsonElement.Parse(Read($"codex-cli/{name}.json"));

    private static byte[] Read(string resource)
    {
        using Stream stream = Home.GetManifestResourceStream(resource)
            ?? throw new ArgumentException($"there is no fixture '{resource}'", nameof(resource));
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string[] Names(string folder, string extension) =>
    [
        .. Home.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(extension, StringComparison.Ordinal))
            .Select(name => name[folder.Length..^extension.Length])
            .Order(StringComparer.Ordinal),
    ];
}
