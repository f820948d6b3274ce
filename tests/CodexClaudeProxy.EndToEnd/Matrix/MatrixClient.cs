using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd.Matrix;

/// <summary>One client, or one way of using it, from the list beside its driver.</summary>
internal sealed class MatrixClient
{
    private readonly JsonElement _entry;
    private readonly string _folder;

    private MatrixClient(string folder, JsonElement entry)
    {
        _folder = folder;
        _entry = entry;
    }

    /// <summary>The libraries that every run of the tests uses.</summary>
    public static IReadOnlyList<MatrixClient> Core { get; } = Read(Clients.Folder);

    /// <summary>The heavy ones, which have an installation of their own.</summary>
    public static IReadOnlyList<MatrixClient> More { get; } = Read(Path.Combine(Clients.Folder, "more"));

    public string Name => _entry.GetText("name")!;

    public string Driver => Path.Combine(_folder, "drivers", _entry.GetText("driver")!);

    public string Options => _entry.Has("options") ? _entry.Get("options").GetRawText() : "{}";

    /// <summary>Whether it is an agent, which brings its own tools and may ask for more than the user did, such as a title.</summary>
    private bool IsAgent => _entry.Get("agent").ValueKind == JsonValueKind.True;

    public static IEnumerable<TheoryDataRow<string, string>> Rows(IReadOnlyList<MatrixClient> clients) =>
        from client in clients
        from scenario in Scenario.All
        where !client._entry.Get("cannot").Has(scenario.Name)
        select new TheoryDataRow<string, string>(client.Name, scenario.Name);

    public static MatrixClient Find(string name) => Core.Concat(More).Single(client => client.Name == name);

    /// <summary>Whether this request is the user's turn. What an agent asks beside it comes without tools, or without the user's words.</summary>
    public bool IsTurn(ReceivedRequest request) =>
        !IsAgent || (request.Json.Get("tools").Items().Any() && request.Texts().Any(static text => text.Contains(Scenario.Prompt, StringComparison.Ordinal)));

    /// <summary>The call of its tool that learns how warm a city is.</summary>
    public FunctionCall AskForWeather(string city, string project) => Call("tool", city, project) ?? new("weather", $$"""{"city":"{{city}}"}""");

    /// <summary>The call of its tool that looks at a picture; null where the user shows one with the prompt.</summary>
    public FunctionCall? LookAtPicture(string project) => Call("imageTool", "", project);

    private FunctionCall? Call(string member, string city, string project)
    {
        JsonElement tool = _entry.Get(member);
        if (tool.ValueKind == JsonValueKind.Undefined) return null;
        string input = tool.Get("input").GetRawText().Replace("{project}", project, StringComparison.Ordinal).Replace("{city}", city, StringComparison.Ordinal);
        return new(tool.GetText("name")!, input);
    }

    private static IReadOnlyList<MatrixClient> Read(string folder) =>
        [.. JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, "clients.json"))).Items().Select(entry => new MatrixClient(folder, entry))];
}
