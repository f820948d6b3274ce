using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd.Matrix;

/// <summary>Runs one scenario with one client. The client stays from row to row, as loading it is what takes time; proxy and backend are new.</summary>
public sealed class ClientMatrix : IAsyncDisposable
{
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(30);

    private ClientDriver? _driver;

    public async ValueTask DisposeAsync()
    {
        if (_driver is not null) await _driver.DisposeAsync();
    }

    internal async Task RunAsync(string clientName, string scenarioName)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Scenario scenario = Scenario.All.Single(scenario => scenario.Name == scenarioName);
        ClientDriver driver = await DriverAsync(MatrixClient.Find(clientName));
        await using PublishedProxy proxy = await PublishedProxy.StartAsync();
        using ClientHome home = new();
        foreach (string city in (string[])["Rome", "Ulm"]) home.Write($"project/{city}.txt", $"18 degrees in {city}\n");
        File.WriteAllBytes(Path.Combine(home.Project, "picture.png"), Convert.FromBase64String(Picture));

        Gate gate = new();
        List<Turn> turns = [];
        proxy.Backend.AnswerAll(request =>
        {
            if (!driver.Client.IsTurn(request)) return Reply.Text("A title");
            Turn turn;
            lock (turns) turns.Add(turn = new(driver.Client, request, turns.Count, home.Project));
            return scenario.Name == Scenario.Cancel ? Scenario.Unfinished(gate) : scenario.Answer(turn);
        });

        try
        {
            Task<JsonElement> running = driver.RunAsync(TaskFor(scenario, proxy, home), cancellation);
            if (scenario.Name == Scenario.Cancel) await CancelAsync(driver, proxy, gate, running);
            JsonElement outcome = await running;
            TestContext.Current.TestOutputHelper?.WriteLine(outcome.GetRawText());
            lock (turns) scenario.Check(outcome, turns);
        }
        catch
        {
            TestContext.Current.TestOutputHelper?.WriteLine(driver.Errors);
            // What is left of the failed row must not answer the next one.
            await driver.DisposeAsync();
            _driver = null;
            throw;
        }
    }

    private async Task<ClientDriver> DriverAsync(MatrixClient client)
    {
        if (_driver is not null && _driver.Client != client)
        {
            await _driver.DisposeAsync();
            _driver = null;
        }
        return _driver ??= new(client);
    }

    /// <summary>The user gives up in the middle of the answer, and then nobody works for them any more.</summary>
    private static async Task CancelAsync(ClientDriver driver, PublishedProxy proxy, Gate gate, Task running)
    {
        // A driver that cannot even begin tells why.
        await await Task.WhenAny(gate.Reached, running);
        await driver.CancelAsync();
        ReceivedRequest request = proxy.Backend.Requests.First(driver.Client.IsTurn);
        Assert.Equal(RequestEnd.ClientLeft, await request.Ended.WaitAsync(Leaving, TestContext.Current.CancellationToken));
    }

    private static JsonObject TaskFor(Scenario scenario, PublishedProxy proxy, ClientHome home) => new()
    {
        ["do"] = scenario.Action,
        ["url"] = proxy.Url,
        ["model"] = "gpt-5.5",
        ["prompt"] = Scenario.Prompt,
        ["image"] = Picture,
        ["home"] = home.Folder,
        ["project"] = home.Project,
    };

    // A yellow square of 16 pixels.
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4dUmOJMQwqmFUw/DVAABbEeoQcHK88gAAAABJRU5ErkJggg==";
}
