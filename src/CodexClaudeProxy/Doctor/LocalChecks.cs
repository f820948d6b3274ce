using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Doctor;

/// <summary>This machine: the port and the data directory.</summary>
internal static class LocalChecks
{
    public static IEnumerable<Check> Of(Patient patient) =>
    [
        new("port", "The proxy", token => PortAsync(patient, token)),
        new("data", "Data directory", _ => Task.FromResult(Data(patient.Options.DataDirectory))),
    ];

    private static async Task<Verdict> PortAsync(Patient patient, CancellationToken cancellation)
    {
        if (patient.IsRunning) return Verdict.Ok($"It runs at {patient.Address}");
        return await PortProbe.AskAsync(patient.Address, patient.Options.ApiKey, cancellation) switch
        {
            PortState.Ours => Verdict.Ok($"It runs at {patient.Address}"),
            PortState.Free => Verdict.Warn($"Nothing listens at {patient.Address}", "Start it: codex-claude-proxy. Or let it start with Claude Code: codex-claude-proxy run"),
            PortState.OtherKey => Verdict.Fail($"A proxy at {patient.Address} wants another access key", "Name its key with CCP_API_KEY or in config.json, as it was given to the running proxy"),
            _ => Verdict.Fail($"Another program listens at {patient.Address}", "Stop that program, or choose another port: --port, CCP_PORT or config.json"),
        };
    }

    private static Verdict Data(string directory)
    {
        if (!Directory.Exists(directory)) return Verdict.Skipped($"{directory} does not exist yet; it comes with the first account");
        try
        {
            string probe = Path.Combine(directory, $".doctor-{Guid.NewGuid():N}");
            using (new FileStream(probe, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None))) { }
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Verdict.Fail($"{directory} cannot be written: {e.Message}", Remedies.MakeWritable(directory, Remedies.Here));
        }

        try
        {
            return DirectoryAccess.IsPrivate(directory)
                ? Verdict.Ok($"{directory} is writable and private")
                : Verdict.Warn($"Others on this machine may look into {directory}", Remedies.MakePrivate(directory, Remedies.Here));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException or InvalidOperationException)
        {
            return Verdict.Warn($"{directory} is writable; who else may look into it cannot be found out: {e.Message}", Remedies.MakePrivate(directory, Remedies.Here));
        }
    }
}
