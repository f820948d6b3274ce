using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Hosting;

namespace CodexClaudeProxy.Updates;

/// <summary>A release whose signature was verified.</summary>
/// <param name="Sum">The SHA-256 that the program for this target must have.</param>
internal sealed record VerifiedRelease(ReleaseVersion Version, string File, byte[] Sum);

/// <summary>
/// Finds a release, verifies it and puts its program in the place of this one. The key in this program vouches for <c>checksums.txt</c>,
/// and that for every other file, <c>version.txt</c> too: so no file can be changed, and no old release passed off as a new one.
/// </summary>
internal sealed class Updater(ReleaseFiles files, MinisignKey key, BuildIdentity own)
{
    /// <param name="wanted">A version to take instead of the newest one.</param>
    /// <exception cref="UpdateRefusedException">The release cannot be fetched, or is not what it claims to be.</exception>
    public async Task<VerifiedRelease> FindAsync(ReleaseVersion? wanted, CancellationToken cancellation)
    {
        // Only a hint: everything else comes from the address of that one version, and must agree with it.
        ReleaseVersion version = wanted ?? Read(await files.ReadNewestAsync("version.txt", cancellation))
            ?? throw new UpdateRefusedException("What the release source gives for version.txt is no version. Nothing was changed.");
        byte[] list = await files.ReadAsync(version, "checksums.txt", cancellation);
        string signature = await SignatureAsync(version, cancellation);
        if (key.ProblemOf(list, signature) is { } problem) throw new UpdateRefusedException($"The signature of release {version} {problem}. Nothing was changed.");

        var checksums = Checksums.Parse(list);
        byte[] told = await files.ReadAsync(version, "version.txt", cancellation);
        if (!SHA256.HashData(told).AsSpan().SequenceEqual(checksums.Of("version.txt")) || Read(told)?.CompareTo(version) != 0)
            throw new UpdateRefusedException($"What the release source gives as version {version} is another one. Nothing was changed.");

        // An old release, signed as it is, may have faults that are known by now.
        if (wanted is null && version.CompareTo(ReleaseVersion.Parse(own.Version)) < 0)
            throw new UpdateRefusedException($"The newest release, {version}, is older than this version, {own.Version}. Nothing was changed.");
        string file = $"{ProductVersion.Name}-{own.Target}{(OperatingSystem.IsWindows() ? ".exe" : "")}";
        byte[] sum = checksums.Of(file) ?? throw new UpdateRefusedException($"Release {version} has no program for {own.Target}. Nothing was changed.");
        return new VerifiedRelease(version, file, sum);
    }

    /// <summary>Fetches the program, verifies and tries it, and puts it in place.</summary>
    /// <exception cref="UpdateRefusedException">It is not what was signed, or does not work here.</exception>
    public async Task InstallAsync(VerifiedRelease release, InstalledProgram program, CancellationToken cancellation)
    {
        using IDisposable turn = program.Begin();
        FileStream next = program.OpenNext();
        try
        {
            await using (next)
            {
                byte[] sum = await files.SaveAsync(release.Version, release.File, next, cancellation);
                if (!sum.AsSpan().SequenceEqual(release.Sum)) throw new UpdateRefusedException($"{release.File} does not have the checksum that was signed. Nothing was changed.");
                next.Flush(flushToDisk: true);
            }

            BuildIdentity found = await InstalledProgram.AskAsync(program.Next, cancellation)
                ?? throw new UpdateRefusedException($"{release.File} does not start on this machine. Nothing was changed.");
            if (found.Target != own.Target) throw new UpdateRefusedException($"{release.File} was built for {found.Target}, not for {own.Target}. Nothing was changed.");
            if (ReleaseVersion.Parse(found.Version)?.CompareTo(release.Version) != 0) throw new UpdateRefusedException($"{release.File} is version {found.Version}, not {release.Version}. Nothing was changed.");
            program.Exchange(program.Next);
        }
        finally
        {
            program.DeleteNext();
        }
    }

    private async Task<string> SignatureAsync(ReleaseVersion version, CancellationToken cancellation)
    {
        try
        {
            return Encoding.UTF8.GetString(await files.ReadAsync(version, "checksums.txt.sig", cancellation));
        }
        catch (UpdateRefusedException e)
        {
            throw new UpdateRefusedException($"Release {version} has no signature: {e.Message} Nothing was changed.", e);
        }
    }

    private static ReleaseVersion? Read(byte[] text) => ReleaseVersion.Parse(Encoding.UTF8.GetString(text));
}
