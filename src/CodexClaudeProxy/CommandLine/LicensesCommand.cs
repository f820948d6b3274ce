using System.CommandLine;
using System.IO.Compression;
using System.Text;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Prints THIRD-PARTY-NOTICES.md, which the program carries with it, since it is often the only file somebody has.</summary>
internal static class LicensesCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("licenses", "Print the licenses of the works of others that this program contains");
        command.SetAction((_, cancellation) => PrintAsync(terminal, cancellation));
        return command;
    }

    private static async Task<int> PrintAsync(Terminal terminal, CancellationToken cancellation)
    {
        await using Stream packed = typeof(LicensesCommand).Assembly.GetManifestResourceStream("notices/THIRD-PARTY-NOTICES.md.gz")!;
        using StreamReader text = new(new GZipStream(packed, CompressionMode.Decompress), Encoding.UTF8);
        while (await text.ReadLineAsync(cancellation) is { } line) await terminal.Out.WriteLineAsync(line);
        return 0;
    }
}
