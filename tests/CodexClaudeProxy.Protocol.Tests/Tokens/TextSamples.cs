using System.Text;

namespace CodexClaudeProxy.Protocol.Tests.Tokens;

/// <summary>Seeded random text of every kind a conversation carries, and of kinds it should never carry.</summary>
internal static class TextSamples
{
    private static readonly string[] Prose =
        ["the", "proxy", "Claude", "doesn't", "we'LL", "I'm", "naïve", "GitHub", "HTTPServer", "e.g.", "tokens,", "2025", "o'clock", "--", "don’t"];

    private static readonly string[] Code =
        ["public", "static", "int", "ReadOnlySpan<byte>", "=>", "{", "}", "();", "\n    ", "\r\n\t", "// TODO", "x[i++]", "0x7F", "\"a\\n\"", "!= null", "///", "/*"];

    private static readonly string[] Json =
        ["{\"", "\":", "[1,", "2.5e-3", "true", "null", "\\u00e9", "\",\"", "}]", "\n  ", "\"type\"", "call_Ab12Cd"];

    /// <summary>First and last code point of scripts and of everything the splitting rules tell apart.</summary>
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x20, 0x7E), (0x00, 0x1F), (0x80, 0xFF), (0x100, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x531, 0x58A),
        (0x591, 0x5F4), (0x600, 0x6FF), (0x900, 0x97F), (0x980, 0x9FF), (0xB80, 0xBFF), (0xE01, 0xE5B), (0x10A0, 0x10FF), (0x1100, 0x11FF),
        (0x13A0, 0x13FD), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2150, 0x218B), (0x2190, 0x22FF), (0x3000, 0x30FF), (0x4E00, 0x4FFF),
        (0xAC00, 0xAD00), (0xD800, 0xDBFF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF),
    ];

    private static readonly string[] White = [" ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", "\u00A0", "\u2028", "\u3000", " \n ", "\u0085", "        "];

    private static readonly (int First, int Last)[] BeyondBasicPlane = [(0x10000, 0x1FFFF), (0x1D400, 0x1D7FF), (0x1F300, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x2A6DF)];

    /// <summary>
    /// The reference takes the halves of a surrogate pair for two characters, we (as the model's own tokenizer) for one. They
    /// agree where an emoji is followed by white space, and that is the only pair in here. Half a pair alone it counts in a
    /// way of its own, so there is none.
    /// </summary>
    public static string ForReference(Random random)
    {
        var text = new StringBuilder();
        for (var parts = random.Next(1, 40); parts > 0; parts--)
        {
            if (random.Next(10) > 0) AppendPart(text, random);
            else AppendRandom(text, random, (0x1F300, 0x1F64F), random.Next(1, 6));
            if (text.Length > 0 && char.IsSurrogate(text[^1])) text.Append(' ');
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }

    public static string Next(Random random)
    {
        var text = new StringBuilder();
        for (var parts = random.Next(1, 40); parts > 0; parts--)
        {
            if (random.Next(5) > 0) AppendPart(text, random);
            else AppendRandom(text, random, BeyondBasicPlane[random.Next(BeyondBasicPlane.Length)], random.Next(1, 6));
        }

        return text.ToString();
    }

    private static void AppendPart(StringBuilder text, Random random)
    {
        switch (random.Next(8))
        {
            case 0: text.Append(Pick(random, Prose)).Append(' '); break;
            case 1: text.Append(Pick(random, Code)); break;
            case 2: text.Append(Pick(random, Json)); break;
            case 3: text.Append(Pick(random, White)); break;
            case 4: text.Append((char)random.Next(0x21, 0x7F), random.Next(1, 30)); break;
            case 5: text.Append(random.Next()); break;
            case 6: AppendRandom(text, random, (0, 0xDBFF), random.Next(1, 6)); break;
            default: AppendRandom(text, random, Ranges[random.Next(Ranges.Length)], random.Next(1, 20)); break;
        }
    }

    private static void AppendRandom(StringBuilder text, Random random, (int First, int Last) range, int count)
    {
        for (; count > 0; count--)
        {
            var codePoint = random.Next(range.First, range.Last + 1);
            if (Rune.TryCreate(codePoint, out var rune)) text.Append(rune.ToString());
            else text.Append((char)codePoint);
        }
    }

    private static string Pick(Random random, string[] words) => words[random.Next(words.Length)];
}
