using System.IO.Compression;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Imports;

/// <summary>A zip of other programs' files. Nothing is unpacked to the disk, and names are for people only.</summary>
internal static class ForeignZip
{
    public static bool Is(ReadOnlyMemory<byte> content) => content.Span.StartsWith("PK\x03\x04"u8);

    public static IEnumerable<FoundAccount> Read(ImportFile file)
    {
        List<FoundAccount> found = [];
        try
        {
            using ZipArchive zip = new(new MemoryStream(file.Content.ToArray(), writable: false), ZipArchiveMode.Read);
            int room = ImportReader.LongestInAll;
            foreach (ZipArchiveEntry entry in zip.Entries.TakeWhile(_ => found.Count <= ForeignFormats.MostEntries))
            {
                if (entry.Name.Length == 0) continue;
                string name = $"{file.Name}: {NameOf(entry)}";
                byte[]? content = ContentOf(entry, Math.Min(room, ImportReader.LongestFile));
                room -= content?.Length ?? 0;
                IEnumerable<FoundAccount> inside = content is null ? [ForeignEntry.Unusable(null, $"it is longer than {ImportReader.LongestFile / 1_048_576} MB, or all together is longer than {ImportReader.LongestInAll / 1_048_576} MB")]
                    : Is(content) ? [ForeignEntry.Unusable(null, "an archive inside another is not opened")]
                    : ForeignFormats.ReadText(content);
                found.AddRange(inside.Select(one => one with { File = name }));
            }
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or IOException)
        {
            found.Add(ForeignEntry.Unusable(null, "the archive is damaged, or encrypted"));
        }

        return found;
    }

    /// <summary>Null when there is more than may be: what an archive declares need not be true.</summary>
    private static byte[]? ContentOf(ZipArchiveEntry entry, int most)
    {
        if (entry.Length > most) return null;
        using Stream stream = entry.Open();
        byte[] content = new byte[most + 1];
        int length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length > most ? null : content[..length];
    }

    private static string NameOf(ZipArchiveEntry entry) => string.Concat(PlainText.Of(entry.Name).Take(100));
}
