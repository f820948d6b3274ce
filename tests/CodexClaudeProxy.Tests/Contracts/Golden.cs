using System.Text;
using CodexClaudeProxy.Tests.Architecture;

namespace CodexClaudeProxy.Tests.Contracts;

/// <summary>
/// What users and their scripts see, byte for byte, in a file each. Written anew with CCP_WRITE_GOLDEN=1, which is right only where a
/// change is meant to be seen.
/// </summary>
internal static class Golden
{
    private static readonly string Folder = Path.Combine(SourceTree.Root(), "tests", "CodexClaudeProxy.Tests", "Contracts", "golden");

    /// <param name="volatile">What differs from run to run, such as a port or a directory, and the word that stands for it in the file.</param>
    public static void Same(string name, string actual, params (string Text, string Word)[] @volatile)
    {
        foreach ((string text, string word) in @volatile) actual = actual.Replace(text, word, StringComparison.Ordinal);
        string file = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("CCP_WRITE_GOLDEN") == "1") File.WriteAllText(file, actual, new UTF8Encoding(false));
        Assert.True(File.Exists(file), $"There is no golden file {name}. What would be in it:\n{actual}");
        Assert.Equal(File.ReadAllText(file), actual);
    }
}
