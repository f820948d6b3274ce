using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json;

namespace CodexClaudeProxy.EndToEnd.Matrix;

/// <summary>A client behind its driver script: a line of JSON for each task goes in, a line of JSON with its outcome comes out.</summary>
internal sealed class ClientDriver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    public ClientDriver(MatrixClient client)
    {
        Client = client;
        ProcessStartInfo start = new(Clients.Node, [client.Driver, client.Options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string? path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        // Clients that are programs for Node find the pinned one.
        start.Environment["PATH"] = $"{Path.GetDirectoryName(Clients.Node)}{Path.PathSeparator}{path}";
        start.Environment["LANG"] = "C.UTF-8";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    public MatrixClient Client { get; }

    /// <summary>What the client wrote beside its outcomes.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public async Task<JsonElement> RunAsync(JsonObject task, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await WriteAsync(task);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith('{')) return JsonElement.Parse(line);
        }
        throw new InvalidOperationException($"The driver ended.\n{Errors}");
    }

    /// <summary>The user gives up.</summary>
    public Task CancelAsync() => WriteAsync(new() { ["do"] = "cancel" });

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        // Something the client left behind may keep its error output open.
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private async Task WriteAsync(JsonObject line)
    {
        await _process.StandardInput.WriteLineAsync(line.ToJsonString());
        await _process.StandardInput.FlushAsync();
    }
}
