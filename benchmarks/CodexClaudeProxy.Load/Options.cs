namespace CodexClaudeProxy.Load;

/// <summary>What <c>scripts/bench.sh</c> passes on, and what it adds.</summary>
internal sealed record Options
{
    public bool IsQuick { get; private init; }

    /// <summary>Measure the way over TLS and HTTP/2 instead of the one in the clear.</summary>
    public bool IsOverTls { get; private init; }

    /// <summary>Only these rows; all when empty.</summary>
    public IReadOnlyList<string> Rows { get; private init; } = [];

    public string Nginx { get; private init; } = "nginx";

    public string Haproxy { get; private init; } = "haproxy";

    public string Ours { get; private init; } = "";

    /// <summary>Further builds, as name=path.</summary>
    public IReadOnlyList<string> Beside { get; private init; } = [];

    /// <summary>Variables for ours, as name=value; further builds are started without them.</summary>
    public IReadOnlyList<string> Variables { get; private init; } = [];

    public string Document { get; private init; } = "";

    /// <exception cref="ArgumentException">Says what is wrong.</exception>
    public static Options Read(string[] arguments)
    {
        Options options = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            options = name switch
            {
                "--quick" => options with { IsQuick = true },
                "--tls" => options with { IsOverTls = true },
                "--rows" => options with { Rows = Next().Split(',') },
                "--nginx" => options with { Nginx = Next() },
                "--haproxy" => options with { Haproxy = Next() },
                "--ours" => options with { Ours = Next() },
                "--beside" => options with { Beside = [.. options.Beside, Pair()] },
                "--with" => options with { Variables = [.. options.Variables, Pair()] },
                "--document" => options with { Document = Next() },
                _ => throw new ArgumentException($"unknown option {name}"),
            };

            string Next() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{name} needs a value");

            string Pair() => Next() is var pair && pair.Contains('=', StringComparison.Ordinal) ? pair : throw new ArgumentException($"{name} needs NAME=VALUE");
        }
        return options;
    }
}
