namespace CodexClaudeProxy.EndToEnd;

/// <summary>A home directory of its own for one run of a client, with an empty project in it.</summary>
internal sealed class ClientHome : IDisposable
{
    public ClientHome()
    {
        Folder = Directory.CreateTempSubdirectory("client-home-").FullName;
        Directory.CreateDirectory(Project);
    }

    public string Folder { get; }

    public string Project => Path.Combine(Folder, "project");

    public string Write(string relativePath, string content)
    {
        string path = Path.Combine(Folder, relativePath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
