namespace CodexClaudeProxy.EndToEnd.Matrix;

/// <summary>The agents and heavy libraries of <c>tests/clients/more/clients.json</c>, each in every scenario it knows.</summary>
[Trait("Stage", "clients-more")]
public sealed class MoreClients(ClientMatrix matrix) : IClassFixture<ClientMatrix>
{
    public static IEnumerable<TheoryDataRow<string, string>> Rows => MatrixClient.Rows(MatrixClient.More);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task One_of_more_clients(string client, string scenario) => matrix.RunAsync(client, scenario);
}
