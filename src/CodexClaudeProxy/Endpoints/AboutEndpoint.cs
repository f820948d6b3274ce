using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Endpoints;

/// <summary>What runs here, since when, from which files, and how much memory it takes.</summary>
internal sealed class AboutEndpoint(HostParts host)
{
    private readonly DateTimeOffset _started = host.Time.GetUtcNow();

    public required string AccountsPath { get; init; }

    public required string SettingsPath { get; init; }

    /// <summary>Everything that keeps data in memory only to be faster or to know more.</summary>
    public required Func<IEnumerable<CacheSize>> Caches { get; init; }

    public bool IsDemo { get; init; }

    public void MapTo(Routes routes) => routes.Get("/api/about", AnswerAsync);

    private Task AnswerAsync(HttpContext http) => JsonReply.WriteAsync(http, json =>
    {
        json.WriteStartObject();
        WriteProgram(json);
        WriteAddress(json, http);
        WriteFiles(json);
        WriteMemory(json);
        json.WriteEndObject();
    });

    private void WriteProgram(Utf8JsonWriter json)
    {
        json.WriteString("version"u8, ProductVersion.Text);
        json.WriteString("codexVersion"u8, host.Options.CodexVersion);
        json.WriteBoolean("demo"u8, IsDemo);
        json.WriteString("startedAt"u8, _started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber("uptimeSeconds"u8, (long)(host.Time.GetUtcNow() - _started).TotalSeconds);
        json.WriteNumber("pid"u8, Environment.ProcessId);
        json.WriteString("os"u8, RuntimeInformation.OSDescription);
        json.WriteString("rid"u8, RuntimeInformation.RuntimeIdentifier);
        json.WriteString("runtime"u8, RuntimeInformation.FrameworkDescription);
    }

    /// <summary>The address we listen on, and the one the caller reached us under, which other programs on its machine can use too.</summary>
    private void WriteAddress(Utf8JsonWriter json, HttpContext http)
    {
        string name = host.Options.Host.Contains(':', StringComparison.Ordinal) ? $"[{host.Options.Host}]" : host.Options.Host;
        int port = http.Connection.LocalPort;
        json.WriteString("address"u8, $"http://{name}:{port}");
        json.WriteString("baseUrl"u8, $"{http.Request.Scheme}://{http.Request.Host.Value}{http.Request.PathBase.Value}");
        json.WriteString("host"u8, host.Options.Host);
        json.WriteNumber("port"u8, port);
        json.WriteBoolean("apiKeySet"u8, host.Options.ApiKey is not null);
        json.WriteBoolean("listensBeyondLoopback"u8, !host.Options.IsLoopback);
    }

    private void WriteFiles(Utf8JsonWriter json)
    {
        string directory = Path.GetFullPath(host.Options.DataDirectory);
        json.WriteString("dataDirectory"u8, directory);
        json.WriteString("accountsPath"u8, AccountsPath);
        json.WriteString("settingsPath"u8, SettingsPath);
        json.WriteString("configPath"u8, Path.Combine(directory, "config.json"));
        json.WriteString("logFile"u8, host.Journal.File?.Path);
    }

    private void WriteMemory(Utf8JsonWriter json)
    {
        json.WriteStartObject("memory"u8);
        json.WriteNumber("residentBytes"u8, Environment.WorkingSet);
        json.WriteNumber("managedBytes"u8, GC.GetTotalMemory(forceFullCollection: false));
        json.WriteEndObject();
        json.WriteStartArray("caches"u8);
        foreach (CacheSize cache in Caches())
        {
            json.WriteStartObject();
            json.WriteString("name"u8, cache.Name);
            json.WriteNumber("bytes"u8, cache.Bytes);
            json.WriteNumber("limitBytes"u8, cache.LimitBytes);
            json.WriteNumber("entries"u8, cache.Entries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
