using System.Text;
using CodexClaudeProxy.Protocol.Tokens;

namespace CodexClaudeProxy.Protocol.Tests.Tokens;

public sealed class ImageTokensTests
{
    [Theory]
    [InlineData(32, 32, 2)]
    [InlineData(1024, 1024, 1229)]
    [InlineData(1920, 1080, 1810)]
    [InlineData(1800, 2400, 1743)]
    [InlineData(8000, 200, 1728)]
    [InlineData(1, 1, 2)]
    [InlineData(1, 1_000_000, 1844)]
    public void The_examples_of_the_specification_count_as_stated(int width, int height, int tokens) =>
        Assert.Equal(tokens, ImageTokens.Count(width, height, 1.2));

    [Fact]
    public void Older_models_have_a_factor_of_their_own() => Assert.Equal(1659, ImageTokens.Count(1024, 1024, 1.62));

    [Fact]
    public void Original_detail_has_a_higher_limit()
    {
        Assert.Equal(2448, ImageTokens.Count(1920, 1080, 1.2, original: true));
        Assert.InRange(ImageTokens.Count(8000, 8000, 1.2, original: true), 11_900, 12_000);
    }

    public static TheoryData<string, byte[]> Files => new()
    {
        { "png", ImageFiles.Png(640, 480) },
        { "gif", ImageFiles.Gif(640, 480) },
        { "progressive jpeg", ImageFiles.Jpeg(640, 480) },
        { "baseline jpeg", ImageFiles.Jpeg(640, 480, frame: 0xC0) },
        { "jpeg behind a large segment", ImageFiles.Jpeg(640, 480, application: 65_534) },
        { "lossy webp", ImageFiles.WebPLossy(640, 480) },
        { "lossless webp", ImageFiles.WebPLossless(640, 480) },
        { "extended webp", ImageFiles.WebPExtended(640, 480) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void The_size_stands_in_the_header(string name, byte[] file)
    {
        Assert.True(ImageSize.TryRead(Encoding.ASCII.GetBytes(Convert.ToBase64String(file)), out var width, out var height), name);
        Assert.Equal((640, 480), (width, height));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_cut_off_anywhere_has_its_size_or_none(string name, byte[] file)
    {
        var base64 = Encoding.ASCII.GetBytes(Convert.ToBase64String(file));
        for (var length = 0; length < base64.Length; length += length < 200 ? 1 : 997)
        {
            if (ImageSize.TryRead(base64.AsSpan(0, length), out var width, out var height)) Assert.Equal((name, 640, 480), (name, width, height));
        }
    }

    [Theory]
    [InlineData("https://example.com/a.png")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:image/png;base64,!!!!")]
    [InlineData("data:")]
    public void Without_a_size_an_image_counts_the_most(string url) => Assert.Equal(1844, ImageTokens.OfUrl(Encoding.ASCII.GetBytes(url), 1.2));
}
