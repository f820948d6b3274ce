using System.CommandLine;
using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.CommandLine;

/// <summary>The passphrase of a backup: asked in a terminal, or read from a file for scripts. Not from the environment, which other programs of the user can read.</summary>
internal static class Passphrase
{
    private const int Shortest = 12;
    private const int LeastDifferent = 5;
    private const int Longest = 1024;

    public static Option<string?> Option() =>
        new("--passphrase-file") { Description = "Read the passphrase from the first line of this file instead of asking; - for standard input", HelpName = "file" };

    /// <summary>For a new backup: asked twice, and not a weak one.</summary>
    /// <exception cref="UsageException">There is none, or it is too weak.</exception>
    public static async Task<string> ChooseAsync(Terminal terminal, string? file, CancellationToken ct)
    {
        string passphrase = await ReadAsync(terminal, file, $"Passphrase, at least {Shortest} characters", ct);
        if (passphrase.Length < Shortest || passphrase.Distinct().Count() < LeastDifferent)
            throw new UsageException($"The passphrase is too weak: it must have at least {Shortest} characters, {LeastDifferent} of them different. Several words are good, and easy to remember.");
        if (file is null && await terminal.AskSecretAsync("Passphrase again", ct) != passphrase) throw new UsageException("The two passphrases are not the same. Nothing was written.");
        return passphrase;
    }

    /// <summary>Of a backup that is there.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<string> ReadAsync(Terminal terminal, string? file, string question, CancellationToken ct)
    {
        string? passphrase;
        try
        {
            passphrase = file switch
            {
                null when !terminal.IsInteractive => throw new UsageException("A passphrase is needed, and no terminal is there to ask in. Use --passphrase-file FILE, or - for standard input."),
                null => await terminal.AskSecretAsync(question, ct),
                "-" => await terminal.ReadLineAsync(ct),
                _ => FirstLineOf(file),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The passphrase cannot be read: {e.Message}");
        }

        if (string.IsNullOrEmpty(passphrase)) throw new UsageException("The passphrase is empty.");
        // What was not UTF-8 has become this sign, and other bytes would have become the same.
        if (passphrase.Contains('\uFFFD')) throw new UsageException("The passphrase is not UTF-8 text. Save the file as UTF-8, or type the passphrase.");
        return passphrase.Length <= Longest ? passphrase : throw new UsageException($"The passphrase is longer than {Longest} characters. Is the right file named?");
    }

    private static string? FirstLineOf(string file)
    {
        RegularFile.Demand(file);
        using StreamReader reader = new(file);
        char[] start = new char[Longest + 2];
        int length = reader.ReadBlock(start);
        return new string(start, 0, length).Split('\n')[0].TrimEnd('\r');
    }
}

/// <summary>A command cannot begin with what it was given.</summary>
internal sealed class UsageException(string message) : Exception(message);
