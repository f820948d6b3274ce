using System.Text;
using System.Text.Encodings.Web;

namespace CodexClaudeProxy.Benchmarks;

/// <summary>Made-up text and requests of the kinds and sizes a coding agent sends, the same in every run.</summary>
internal static class Samples
{
    private const string Words =
        "the proxy reads each event once and copies what the model said without decoding it because every byte that is decoded must be encoded again " +
        "a conversation stays on one account as long as its quota lasts so that the backend finds the prefix in its cache and the answer comes sooner " +
        "when the account is exhausted another one takes over before anything has reached the client which then never learns that it happened";

    private const string Code = """
            public async Task<Reply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, _options.BaseAddress);
                for (var attempt = 1; attempt <= MaxAttempts; attempt++)
                {
                    // Wait a little longer every time, but never longer than the client would.
                    if (attempt > 1) await Task.Delay(TimeSpan.FromMilliseconds(250 * attempt), _time, cancellation);
                    var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                    if ((int)response.StatusCode != 429) return await Reply.ReadAsync(response, cancellation);
                }
                throw new InvalidOperationException($"No answer after {MaxAttempts} attempts.");
            }

        """;

    private const string Json = """
        {"type":"tool_result","tool_use_id":"toolu_01A09q90qw90lq917835lq9","content":[{"type":"text","text":"src/main.rs:42:7: error[E0308]: mismatched types\n"}],"is_error":false,"usage":{"input_tokens":18233,"output_tokens":511}}

        """;

    private const string Chinese = "代理读取每个事件一次，然后原样复制模型所说的话，不进行解码。只要配额没有用完，一个会话就一直留在同一个账户上，这样后端可以在缓存里找到前缀。";

    public static string Text(string kind, int utf8Length) => kind switch
    {
        "prose" => Repeat(kind, utf8Length, random => string.Join(' ', Shuffled(random, Words.Split(' '))) + ". "),
        "code" => Repeat(kind, utf8Length, random => Code.Replace("attempt", Word(random), StringComparison.Ordinal)),
        "json" => Repeat(kind, utf8Length, random => Json.Replace("01A09q90qw90lq917835lq9", random.NextInt64().ToString("x"), StringComparison.Ordinal)),
        "chinese" => Repeat(kind, utf8Length, random => string.Concat(Shuffled(random, Chinese.Chunk(4).Select(part => new string(part))))),
        _ => Repeat(kind, utf8Length, random => Word(random) + " "),
    };

    public static string ResponsesRequest(int utf8Length)
    {
        var items = new StringBuilder();
        for (var turn = 0; items.Length < utf8Length - 60_000; turn++)
        {
            items.Append($$"""{"type":"message","role":"user","content":[{"type":"input_text","text":"{{Escaped("prose", 600)}}"}]},""");
            items.Append($$"""{"type":"function_call","call_id":"call_{{turn}}","name":"Edit","arguments":"{{Escaped("json", 400)}}"},""");
            items.Append($$"""{"type":"function_call_output","call_id":"call_{{turn}}","output":"{{Escaped("code", 7_000 + turn)}}"},""");
        }

        var tools = string.Join(',', Enumerable.Range(0, 30).Select(Tool));
        return $$"""{"model":"gpt-5.6","instructions":"{{Escaped("prose", 15_000)}}","input":[{{items.ToString().TrimEnd(',')}}],"tools":[{{tools}}],"stream":true}""";
    }

    private static string Tool(int number) => $$"""
        {"type":"function","name":"tool_{{number}}","description":"{{Escaped("prose", 1_200)}}","strict":false,"parameters":{
        "type":"object","required":["path"],"properties":{"path":{"type":"string","description":"{{Escaped("prose", 300)}}"} } } }
        """;

    public static string Escaped(string kind, int utf8Length) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Text(kind, utf8Length));

    private static string Repeat(string kind, int utf8Length, Func<Random, string> part)
    {
        var random = new Random(kind.Length);
        var text = new StringBuilder();
        for (var length = 0; length < utf8Length;)
        {
            var next = part(random);
            text.Append(next);
            length += Encoding.UTF8.GetByteCount(next);
        }

        // To the exact length, but for a character that would be cut.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()).AsSpan(0, utf8Length)).TrimEnd('\uFFFD');
    }

    private static string[] Shuffled(Random random, IEnumerable<string> parts)
    {
        var shuffled = parts.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static string Word(Random random) => string.Concat(Enumerable.Range(0, random.Next(3, 12)).Select(_ => (char)random.Next('a', 'z' + 1)));
}
