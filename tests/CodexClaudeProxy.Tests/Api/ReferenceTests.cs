using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Scripts.Api;
using CodexClaudeProxy.Tests.Architecture;
using CodexClaudeProxy.Tests.Hosting;

namespace CodexClaudeProxy.Tests.Api;

/// <summary>The API reference says what the code says.</summary>
public sealed partial class ReferenceTests
{
    private static readonly string Docs = Path.Combine(SourceTree.Root(), "docs");

    /// <summary>Parts of the dashboard.</summary>
    private static readonly string[] PageParts = ["/favicon.ico", "/assets/{path*}"];

    private static IEnumerable<Operation> Operations => Reference.Topics.SelectMany(topic => topic.Operations);

    [Fact]
    public void The_files_are_up_to_date()
    {
        foreach ((string name, string text) in Reference.Files(Answers.Read()))
        {
            bool isSame = File.ReadAllText(Path.Combine(Docs, name)).ReplaceLineEndings("\n") == text;
            Assert.True(isSame, $"docs/{name} is stale. Write it with: dotnet run --project scripts/api -- docs");
        }
    }

    [Fact]
    public async Task Every_route_is_described_and_every_description_has_its_route()
    {
        IEnumerable<string> mapped = (await MappedAsync()).All.Where(route => !PageParts.Contains(route.Path)).Select(route => $"{route.Method} {route.Path}");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), Operations.Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal));
        Assert.Equal(Operations.Select(operation => operation.Id).Distinct(), Operations.Select(operation => operation.Id));
    }

    [Fact]
    public void Every_parameter_in_a_path_is_described()
    {
        foreach (Operation operation in Operations)
        {
            Assert.Equal(
                PathParameter().Matches(operation.Shown).Select(match => match.Groups[1].Value),
                operation.Parameters.Where(parameter => parameter.In == "path").Select(parameter => parameter.Name));
        }
    }

    [Fact]
    public void Every_parameter_that_a_route_reads_is_described_and_no_other()
    {
        string endpoints = string.Concat(SourceTree.Program.Where(file => file.Room == "Endpoints").Select(file => file.Code));
        string[] described = [.. Operations.SelectMany(operation => operation.Parameters).Where(parameter => parameter.In == "query").Select(parameter => parameter.Name).Distinct()];
        foreach (Match read in QueryMember().Matches(endpoints)) Assert.Contains(read.Groups[1].Value, described);
        foreach (string name in described) Assert.Contains($"\"{name}\"", endpoints, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_member_is_explained()
    {
        JsonObject schemas = JsonNode.Parse(File.ReadAllText(Path.Combine(Docs, "openapi.json")))!["components"]!["schemas"]!.AsObject();
        IEnumerable<string> silent = schemas.Where(schema => schema.Value!["description"] is null).Select(schema => schema.Key)
            .Concat(schemas.SelectMany(schema => schema.Value!["properties"]?.AsObject().Where(member => member.Value!["description"] is null).Select(member => $"{schema.Key}.{member.Key}") ?? []));
        Assert.Empty(silent);
    }

    /// <summary>But for the reference itself, and for what only the backend knows.</summary>
    [Fact]
    public void Every_route_has_an_example() =>
        Assert.Equal(["postV1ResponsesCompact", "getOpenapiJson"], Operations.Where(operation => operation.Examples.Count == 0).Select(operation => operation.Id));

    [Fact]
    public async Task The_program_serves_it_also_without_the_access_key()
    {
        await using TestProxy proxy = await TestProxy.StartAsync(new ProxyOptions { ApiKey = "secret" });
        Hosting.Answer served = await proxy.GetAsync("/openapi.json");
        Assert.Equal((200, "application/json; charset=utf-8"), ((int)served.Status, served.Header("Content-Type")));
        Assert.Equal(File.ReadAllText(Path.Combine(Docs, "openapi.json")), served.Body);
    }

    private static async Task<Routes> MappedAsync()
    {
        Routes? routes = null;
        DirectoryInfo directory = Directory.CreateTempSubdirectory("ccp-test-");
        var options = new ProxyOptions { Port = 0, DataDirectory = directory.FullName };
        await using (await ProxyHost.StartAsync(options, async host => routes = await Composition.ComposeAsync(host), cancellation: TestContext.Current.CancellationToken))
        {
            // It only needs to be put together.
        }

        directory.Delete(recursive: true);
        return routes!;
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex("""(?:Query\[|[qQ]uery\.ContainsKey\(|[qQ]uery\[|QueryText\.\w+\((?:http\.Request\.Query|query), )"(\w+)""")]
    private static partial Regex QueryMember();
}
