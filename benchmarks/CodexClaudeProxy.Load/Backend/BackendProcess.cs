using System.Diagnostics;
using System.Globalization;

namespace CodexClaudeProxy.Load.Backend;

/// <summary>The fake backend, seen from the program that measures.</summary>
internal sealed class BackendProcess : IDisposable
{
    public const string Word = "backend";

    private readonly Process _process;
    private readonly HttpClient _http;

    private BackendProcess(Process process, string authorityFile, int port, int tlsPort)
    {
        (_process, AuthorityFile, Port, TlsPort) = (process, authorityFile, port, tlsPort);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>The certificate of its TLS side.</summary>
    public string AuthorityFile { get; }

    public int Port { get; }

    public int TlsPort { get; }

    public static async Task<BackendProcess> StartAsync(string directory)
    {
        string authorityFile = Path.Combine(directory, "backend.pem");
        ProcessStartInfo start = new(Environment.ProcessPath!, [Word, authorityFile]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The fake backend did not start.");
        int[] ports = [.. line.Split(' ').Select(static port => int.Parse(port, CultureInfo.InvariantCulture))];
        return new BackendProcess(process, authorityFile, ports[0], ports[1]);
    }

    /// <summary>What every request from now on is answered with.</summary>
    public Task PlayAsync(Pace pace, int deltas, TimeSpan interval = default) =>
        PostAsync(string.Create(CultureInfo.InvariantCulture, $"/bench/script?pace={pace}&deltas={deltas}&milliseconds={interval.TotalMilliseconds}"));

    /// <summary>Lets all streams that are open come to their end.</summary>
    public Task FinishAsync() => PostAsync("/bench/finish");

    public void Dispose()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5))) _process.Kill();
        _process.Dispose();
    }

    private async Task PostAsync(string path)
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri(path, UriKind.Relative), content: null);
        response.EnsureSuccessStatusCode();
    }
}
