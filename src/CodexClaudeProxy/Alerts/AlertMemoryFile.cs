using System.Text.Json;
using CodexClaudeProxy.Files;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Alerts;

/// <summary><c>alerts.json</c>: the memory of alerts over a restart.</summary>
internal sealed class AlertMemoryFile(string dataDirectory, ILogger log)
{
    private readonly string _path = Path.Combine(dataDirectory, "alerts.json");

    /// <summary>One that cannot be read costs only memory: then nothing is news at first.</summary>
    public AlertMemory Load()
    {
        try
        {
            return JsonSerializer.Deserialize(BusyFile.Read(_path), AlertsContext.Default.AlertMemory) ?? new AlertMemory();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.MemoryIgnored(log, _path, e.Message);
        }

        return new AlertMemory();
    }

    public void Save(byte[] content)
    {
        try
        {
            PrivateFiles.CreateDirectory(dataDirectory);
            AtomicFile.Write(_path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.MemoryNotSaved(log, _path, e.Message);
        }
    }

    public static byte[] Text(AlertMemory memory) => JsonFile.Serialize(memory, AlertsContext.Default.AlertMemory);
}
