namespace CodexClaudeProxy.Protocol.Tokens;

/// <summary>Images are counted in patches of 32×32 pixels, after they were made small enough for the patch limit.</summary>
public static class ImageTokens
{
    /// <summary>What an image of unknown size counts: the most there is at the usual detail.</summary>
    public const int Unknown = 1_844;

    private const int Patch = 32;
    private const int MostPatches = 1_536;
    private const int MostPatchesOriginal = 10_000;

    /// <param name="url">The URL of an image, as it stands in JSON; only a base64 data URL tells its size.</param>
    /// <param name="factor">Tokens per patch.</param>
    /// <param name="original">The image is sent with <c>detail: original</c>.</param>
    public static int OfUrl(ReadOnlySpan<byte> url, double factor, bool original = false)
    {
        var comma = url.IndexOf((byte)',');
        return comma > 0 && url[..comma].StartsWith("data:"u8) && ImageSize.TryRead(url[(comma + 1)..], out var width, out var height)
            ? Count(width, height, factor, original)
            : Unknown;
    }

    public static int Count(int width, int height, double factor, bool original = false)
    {
        var most = original ? MostPatchesOriginal : MostPatches;
        var patches = Math.Ceiling(width / (double)Patch) * Math.Ceiling(height / (double)Patch);
        if (patches > most)
        {
            // Shrunk to the limit by area, then a little more, so that one side is a whole number of patches.
            var scale = Math.Sqrt(most * (double)(Patch * Patch) / ((double)width * height));
            scale *= Math.Min(ToWhole(width * scale / Patch), ToWhole(height * scale / Patch));
            patches = Math.Ceiling(Math.Round(width * scale / Patch, 6)) * Math.Ceiling(Math.Round(height * scale / Patch, 6));

            // A strip thinner than a patch cannot be shrunk to the limit.
            patches = Math.Min(patches, most);
        }

        return (int)Math.Ceiling(Math.Round(patches * factor, 6));
    }

    private static double ToWhole(double patches) => Math.Max(1, Math.Floor(patches)) / patches;
}
