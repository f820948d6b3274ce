using System.Text;

namespace CodexClaudeProxy.Tests.ClaudeCode;

/// <summary>Settings files as people might leave them: any layout, comments anywhere, trailing commas or not.</summary>
internal sealed class RandomSettings(int seed)
{
    private static readonly string[] Names = ["ANTHROPIC_MODEL", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "PATH_X", "é", "A B", "quo\\\"te", "MAX_THINKING_TOKENS"];
    private static readonly string[] TopNames = ["model", "permissions", "hooks", "skipWebFetchPreflight", "statusLine", "includeCoAuthoredBy"];
    private static readonly string[] Values = ["\"x\"", "\"\\u00e9 // no comment\"", "true", "null", "12.50", "[1, /* in */ 2,]", "{ \"a\": { \"b\": [] } }", "\"*/ { , }\""];

    private readonly Random _random = new(seed);
    private readonly string _newLine = seed % 3 == 0 ? "\r\n" : "\n";
    private readonly StringBuilder _text = new();

    public Random Random => _random;

    public byte[] Create()
    {
        Trivia();
        Object(TopNames, withEnv: _random.Next(4) > 0);
        Trivia();
        if (_random.Next(3) > 0) _text.Append(_newLine);
        byte[] text = Encoding.UTF8.GetBytes(_text.ToString());
        return _random.Next(5) == 0 ? [0xEF, 0xBB, 0xBF, .. text] : text;
    }

    private void Object(string[] names, bool withEnv)
    {
        _text.Append('{');
        string[] chosen = [.. names.Where(_ => _random.Next(3) == 0), .. withEnv ? ["env"] : Array.Empty<string>()];
        _random.Shuffle(chosen);
        for (int i = 0; i < chosen.Length; i++)
        {
            Trivia();
            _text.Append('"').Append(chosen[i]).Append('"');
            if (_random.Next(6) == 0) _text.Append(" \t");
            _text.Append(':');
            Trivia();
            if (chosen[i] == "env") Object(Names, withEnv: false);
            else _text.Append(Values[_random.Next(Values.Length)]);
            if (_random.Next(4) == 0) Trivia();
            if (i < chosen.Length - 1 || _random.Next(4) == 0) _text.Append(',');
        }

        Trivia();
        _text.Append('}');
    }

    private void Trivia()
    {
        int pieces = _random.Next(4);
        for (int i = 0; i < pieces; i++)
        {
            _text.Append(_random.Next(7) switch
            {
                0 => " ",
                1 => _newLine + "  ",
                2 => _newLine + "\t",
                3 => $"// \"env\": {{ , {_newLine}",
                4 => "/* } \" */",
                5 => $"/* two{_newLine} lines */",
                _ => "",
            });
        }
    }
}
