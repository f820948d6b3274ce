using CodexClaudeProxy.Files;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Keys;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Doctor;

/// <summary>This machine: what encryption needs, the port and the data directory.</summary>
internal static class LocalChecks
{
    public static IEnumerable<Check> Of(Patient patient) =>
    [
        OpenSsl(patient.Tls),
        new("authorities", "Certificate authorities", _ => Task.FromResult(Of(patient.Tls.MissingAuthorities(), "There are some"))),
        new("port", "The proxy", token => PortAsync(patient, token)),
        new("data", "Data directory", _ => Task.FromResult(Data(patient.Options.DataDirectory))),
        .. patient.ReadKeys() is { IsRequired: true } ring ? [new Check("keys", "Client keys", _ => Task.FromResult(Keys(ring, patient.Options)))] : (Check[])[],
    ];

    /// <summary>To be done before anything else: without it, most of the others would end the process.</summary>
    public static Check OpenSsl(LinuxTls tls) => new("openssl", "Encryption", _ => Task.FromResult(Of(tls.MissingOpenSsl(), "Its library is there")));

    /// <summary>Takes the place of all that needs the data directory.</summary>
    public static Check UnusableData(string directory, Exception problem) => new("data", "Data directory", _ => Task.FromResult(NotWritable(directory, problem)));

    private static Verdict NotWritable(string directory, Exception problem) =>
        Verdict.Fail($"{directory} cannot be written: {problem.Message}", Remedies.MakeWritable(directory, Remedies.Here));

    private static Verdict Of(MissingPart? missing, string detail) => missing is null ? Verdict.Ok(detail) : Verdict.Fail(missing.Detail, missing.Fix);

    private static async Task<Verdict> PortAsync(Patient patient, CancellationToken cancellation)
    {
        if (patient.IsRunning) return Verdict.Ok($"The proxy runs at {patient.Address}");
        return await PortProbe.AskAsync(patient.Address, patient.Options.ApiKey, cancellation) switch
        {
            PortState.Ours => Verdict.Ok($"The proxy runs at {patient.Address}"),
            PortState.Free => Verdict.Warn($"Nothing listens at {patient.Address}", "Start it: codex-claude-proxy. Or start it together with Claude Code: codex-claude-proxy run"),
            PortState.OtherKey => Verdict.Fail($"The proxy at {patient.Address} requires another access key", "Set CCP_API_KEY or config.json to the key of the running proxy"),
            _ => Verdict.Fail($"Another program listens at {patient.Address}", "Stop that program, or choose another port: --port, CCP_PORT or config.json"),
        };
    }

    private static Verdict Keys(KeyRing ring, ProxyOptions options)
    {
        if (ring.IsUnreadable) return Verdict.Fail($"{ClientKeys.FileName} cannot be read, so no client's key is accepted", "Restore it from a backup, or delete it and add the keys again");
        if (options.ApiKey is not null) return Verdict.Ok($"{ring.All.Count} for clients, beside the owner's access key");
        return options.IsExposed
            ? Verdict.Warn("Clients have keys, and the proxy can be reached from outside without an access key for its owner", "Set one: --api-key-file or CCP_API_KEY_FILE. Until then only codex-claude-proxy keys manages it")
            : Verdict.Ok($"{ring.All.Count} for clients; from this machine the proxy is managed without a key");
    }

    private static Verdict Data(string directory)
    {
        if (!Directory.Exists(directory)) return Verdict.Skipped($"{directory} does not exist yet; it is created with the first account");
        try
        {
            string probe = Path.Combine(directory, $".doctor-{Guid.NewGuid():N}");
            using (new FileStream(probe, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None))) { }
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NotWritable(directory, e);
        }

        try
        {
            return DirectoryAccess.IsPrivate(directory)
                ? Verdict.Ok($"{directory} is writable and private")
                : Verdict.Warn($"Other users of this machine can read {directory}", Remedies.MakePrivate(directory, Remedies.Here));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException or InvalidOperationException)
        {
            return Verdict.Warn($"{directory} is writable; who else can read it is unknown: {e.Message}", Remedies.MakePrivate(directory, Remedies.Here));
        }
    }
}
