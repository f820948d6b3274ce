using System.Text.Json;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>The API reference that the program serves, in the eyes of a validator for OpenAPI.</summary>
public sealed class OpenApiDocument
{
    [Fact]
    public async Task The_validator_finds_no_fault()
    {
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using ClientHome home = new();
        string script = Path.Combine(Clients.Folder, "scripts", "openapi.mjs");
        ClientResult result = await ClientProcess.RunAsync(Clients.Node, [script, proxy.Url], home, [], TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.ToString());
        JsonElement found = JsonElement.Parse(result.Output);
        Assert.Equal("3.1", found.GetText("version"));
        Assert.InRange(found.Get("paths").GetInt32(), 50, 500);
    }
}
