namespace CodexClaudeProxy.EndToEnd.Matrix;

/// <summary>The libraries of <c>tests/clients/clients.json</c>, each in every scenario it knows.</summary>
public sealed class CoreClients(ClientMatrix matrix) : IClassFixture<ClientMatrix>
{
    public static IEnumerable<TheoryDataRow<string, string>> Rows => MatrixClient.Rows(MatrixClient.Core);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task A_core_client(string client, string scenario) => matrix.RunAsync(client, scenario);
}
