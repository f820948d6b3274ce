using System.Text;
using CodexClaudeProxy.Protocol.Tokens;
using CodexClaudeProxy.Scripts;
using CsCheck;
using Microsoft.ML.Tokenizers;

namespace CodexClaudeProxy.Protocol.Tests.Tokens;

public sealed class O200kTests
{
    // Without its special tokens: to us their names are plain text.
    private static readonly TiktokenTokenizer Reference = TiktokenTokenizer.CreateForEncoding("o200k_base", new Dictionary<string, int>());

    private static readonly Gen<string> AnyText = Gen.Int.Select(seed => TextSamples.Next(new Random(seed)));

    public static TheoryData<string, int> Vectors => new()
    {
        { "", 0 },
        { "Hello, world!", 4 },
        { "You are a helpful assistant.", 6 },
        { """{"city":"Paris"}""", 5 },
        { new string('a', 4096), 512 },
        { string.Concat(Enumerable.Repeat("汉字测试上下文压缩", 384)), 2688 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_vectors_of_the_specification_count_as_stated(string text, int tokens) => Assert.Equal(tokens, O200k.Count(text));

    [Fact]
    public void The_embedded_vocabulary_is_the_published_one()
    {
        using var embedded = typeof(O200k).Assembly.GetManifestResourceStream("o200k.bin")!;
        var file = new byte[embedded.Length];
        embedded.ReadExactly(file);
        Assert.Equal(VocabularyFile.Make(VocabularyFile.PublishedTokens()), file);
    }

    [Fact]
    public void Every_published_token_has_its_rank()
    {
        var tokens = VocabularyFile.PublishedTokens();
        for (var rank = 0; rank < tokens.Length; rank++) Assert.Equal(rank, Vocabulary.Shared.RankOf(tokens[rank]));
    }

    [Fact]
    public void Seeded_samples_count_as_by_the_reference()
    {
        var random = new Random(20_250_102);
        for (var i = 0; i < 10_000; i++)
        {
            var text = TextSamples.ForReference(random);
            Assert.True(Reference.CountTokens(text) == O200k.Count(text), $"sample {i}: {text}");
        }
    }

    [Theory]
    [InlineData("a", 97)]
    [InlineData("a", 5000)]
    [InlineData(" ", 3000)]
    [InlineData("=-", 700)]
    [InlineData("汉", 3456)]
    [InlineData("的一是在不了有和人这中大为上个国", 200)]
    [InlineData("ไทย", 900)]
    [InlineData("aAbBcC", 300)]
    public void Long_runs_count_as_by_the_reference(string unit, int times)
    {
        var text = string.Concat(Enumerable.Repeat(unit, times));
        Assert.Equal(Reference.CountTokens(text), O200k.Count(text));
    }

    /// <summary>The hardest text for what is counted in parts: made of tokens, whole and cut, it merges in places no language would.</summary>
    [Fact]
    public void Tokens_of_other_scripts_set_side_by_side_count_as_by_the_reference()
    {
        var random = new Random(20_261_125);
        string[] words = [.. VocabularyFile.PublishedTokens().Select(Encoding.UTF8.GetString)
            .Where(static word => word.All(static c => c >= 0x80 && c != '\uFFFD' && !char.IsSurrogate(c)) && word.Any(static c => c >= 0x800))];
        Assert.True(words.Length > 10_000);
        for (var i = 0; i < 3_000; i++)
        {
            var text = new StringBuilder(random.Next(3) == 0 ? " " : "");
            for (var parts = random.Next(2, 40); parts > 0; parts--)
            {
                var word = words[random.Next(words.Length)];
                text.Append(word.AsSpan(random.Next(3) == 0 ? random.Next(word.Length) : 0));
            }

            Assert.True(Reference.CountTokens(text.ToString()) == O200k.Count(text.ToString()), $"sample {i}: {text}");
        }
    }

    [Fact]
    public void Words_around_the_length_where_the_way_of_merging_changes_count_as_by_the_reference()
    {
        var random = new Random(20_250_103);
        for (var length = 110; length < 150; length++)
        {
            var word = string.Concat(Enumerable.Range(0, length).Select(_ => (char)random.Next('a', 'z' + 1)));
            Assert.Equal(Reference.CountTokens(word), O200k.Count(word));
        }
    }

    [Fact]
    public void A_run_without_a_break_costs_at_most_a_token_or_two_for_each_of_its_parts()
    {
        var text = new string('a', 100_000);
        Assert.InRange(O200k.Count(text), 12_500, 12_508);
    }

    [Fact]
    public void A_body_full_of_one_letter_is_counted_in_a_moment()
    {
        var text = new byte[31 * 1024 * 1024];
        Array.Fill(text, (byte)'a');
        var start = System.Diagnostics.Stopwatch.GetTimestamp();

        var tokens = O200k.CountUtf8(text);

        Assert.InRange(tokens, text.Length / 8, text.Length / 8 + 4);
        // Compiled for release it is a fraction of a second. Counted piece by piece it would be many minutes, which no loaded machine makes of it.
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("x 𝐇𝐞𝐥𝐥𝐨!𠀀𠀁", 19)]
    [InlineData("👍Good job", 3)]
    [InlineData("😀A🎉it's 🚀Launch", 8)]
    [InlineData("𝟕𝟖𝟗𝟎", 12)]
    [InlineData("a𑀀b𑀁", 10)]
    [InlineData("👨‍👩‍👧‍👦family", 12)]
    [InlineData("'ſ it'ſ", 5)]
    public void Characters_beyond_the_basic_plane_count_as_by_js_tiktoken_which_sees_code_points(string text, int tokens) =>
        Assert.Equal(tokens, O200k.Count(text));

    [Fact]
    public void Names_of_special_tokens_are_plain_text() => Assert.Equal(7, O200k.Count("<|endoftext|>"));

    [Fact]
    public void Half_a_surrogate_pair_counts_as_the_replacement_character() => Assert.Equal(O200k.Count("a\uFFFDb"), O200k.Count("a\uD83Db"));

    [Fact]
    public void Characters_utf8_and_json_count_the_same() => AnyText.Sample(text =>
    {
        var tokens = O200k.Count(text);
        Assert.Equal(tokens, O200k.CountUtf8(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(tokens, O200k.CountJsonString(Encoding.UTF8.GetBytes(Escape(text, everything: false))));
        Assert.Equal(tokens, O200k.CountJsonString(Encoding.UTF8.GetBytes(Escape(text, everything: true))));
    });

    [Theory]
    [InlineData(@"a\", "a")]
    [InlineData(@"a\uD83D", "a\uFFFD")]
    [InlineData(@"\uD83D\u0041", "\uFFFDA")]
    [InlineData(@"\uDE00\uD83D\uDE00", "\uFFFD😀")]
    public void Broken_escapes_are_counted_and_never_fail(string escaped, string text) =>
        Assert.Equal(O200k.Count(text), O200k.CountJsonString(Encoding.UTF8.GetBytes(escaped)));

    [Fact]
    public void Bytes_that_are_no_utf8_are_counted_and_never_fail() =>
        Gen.Byte.Array[0, 64].Sample(bytes => Assert.InRange(O200k.CountUtf8(bytes), bytes.Length == 0 ? 0 : 1, bytes.Length));

    [Fact]
    public void Any_number_of_threads_count_at_once()
    {
        var texts = Enumerable.Range(0, 200).Select(seed => TextSamples.ForReference(new Random(seed))).ToArray();
        var expected = texts.Select(text => Reference.CountTokens(text)).ToArray();
        Parallel.For(0, 4000, i => Assert.Equal(expected[i % texts.Length], O200k.Count(texts[i % texts.Length])));
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var text = string.Concat(Enumerable.Range(0, 50).Select(seed => TextSamples.Next(new Random(seed)))) + new string('a', 5000);
        var utf8 = Encoding.UTF8.GetBytes(text);
        var json = Encoding.UTF8.GetBytes(Escape(text, everything: false));
        Assert.Equal(0, Allocated(() => O200k.Count(text)));
        Assert.Equal(0, Allocated(() => O200k.CountUtf8(utf8)));
        Assert.Equal(0, Allocated(() => O200k.CountJsonString(json)));
        Assert.Equal(0, Allocated(() => O200k.Prefix(text, 100, out _)));
    }

    private static long Allocated(Func<int> count)
    {
        // The first call fills the pools.
        long allocated = 0;
        for (var call = 0; call < 2; call++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            count();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return allocated;
    }

    private static string Escape(string text, bool everything)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            if (everything || c < ' ' || char.IsSurrogate(c)) escaped.Append($"\\u{(int)c:x4}");
            else if (c is '"' or '\\') escaped.Append('\\').Append(c);
            else escaped.Append(c);
        }

        return escaped.ToString();
    }
}
