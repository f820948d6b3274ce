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

    /// <summary>The request as the backend gets it.</summary>
    public static string ResponsesRequest(int utf8Length)
    {
        var items = Turns(utf8Length, turn => $$"""
            {"type":"message","role":"user","content":[{"type":"input_text","text":"{{Escaped("prose", 600)}}"}]},
            {"type":"function_call","call_id":"call_{{turn}}","name":"tool_1","arguments":"{{Escaped("json", 400)}}"},
            {"type":"function_call_output","call_id":"call_{{turn}}","output":"{{Escaped("code", 7_000 + turn)}}"}
            """);
        var tools = Tools("parameters", "\"type\":\"function\",");
        return $$"""{"model":"gpt-5.6","instructions":"{{Escaped("prose", 15_000)}}","input":[{{items}}],"tools":[{{tools}}],"stream":true}""";
    }

    /// <summary>The request as the client sends it.</summary>
    public static string MessagesRequest(int utf8Length)
    {
        var messages = Turns(utf8Length, turn => $$"""
            {"role":"user","content":[{"type":"text","text":"{{Escaped("prose", 600)}}","cache_control":{"type":"ephemeral"} }]},
            {"role":"assistant","content":[{"type":"text","text":"I edit the file."},
            {"type":"tool_use","id":"toolu_{{turn}}","name":"tool_1","input":{"path":"src/main.rs","text":"{{Escaped("json", 400)}}"} }]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_{{turn}}","content":"{{Escaped("code", 7_000 + turn)}}"}]}
            """);
        var system = $$"""[{"type":"text","text":"{{Escaped("prose", 15_000)}}","cache_control":{"type":"ephemeral"} }]""";
        return $$"""{"model":"claude-sonnet-4-5","max_tokens":32000,"system":{{system}},"messages":[{{messages}}],"tools":[{{Tools("input_schema", "")}}],"stream":true}""";
    }

    /// <summary>One answer of the backend as it streams, with one block of the given kind.</summary>
    public static string UpstreamStream(string kind, int deltas)
    {
        var (item, delta) = kind switch
        {
            "thinking" => ("""{"id":"rs_1","type":"reasoning","summary":[]}""", "response.reasoning_summary_text.delta\",\"summary_index\":0"),
            "tool" => ("""{"id":"fc_1","type":"function_call","call_id":"call_1","name":"Write","arguments":""}""", "response.function_call_arguments.delta\""),
            _ => ("""{"id":"msg_1","type":"message","role":"assistant","content":[]}""", "response.output_text.delta\",\"content_index\":0,\"logprobs\":[]"),
        };
        var words = Words.Split(' ');
        var stream = new StringBuilder();
        Append("response.created", """{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}""");
        Append("response.output_item.added", $$"""{"type":"response.output_item.added","output_index":0,"item":{{item}}}""");
        for (var i = 0; i < deltas; i++)
        {
            var text = kind != "tool" ? words[i % words.Length] + " " : i == 0 ? "{\\\"a\\\":\\\"" : i == deltas - 1 ? "\\\"}" : words[i % words.Length] + "\\\\n";
            Append(delta[..delta.IndexOf('"')], $$"""{"type":"{{delta}},"sequence_number":{{i}},"item_id":"msg_0a1b2c3d4e5f","output_index":0,"delta":"{{text}}","obfuscation":"Zq3xT8wK"}""");
        }

        Append("response.completed", """{"type":"response.completed","response":{"id":"resp_1","status":"completed","usage":{"input_tokens":9,"output_tokens":9}}}""");
        return stream.ToString();

        void Append(string name, string json) => stream.Append($"event: {name}\ndata: {json}\n\n");
    }

    /// <summary>
    /// A body for the backend that compresses as those of real conversations do, to about 30 %: lines of code over a vocabulary in which few
    /// words are frequent and most are rare, and per turn a kilobyte and a half of reasoning that does not compress at all.
    /// </summary>
    public static string Conversation(int length)
    {
        var random = new Random(3);
        string[] vocabulary = [.. Enumerable.Range(0, 3_000).Select(_ => Word(random))];
        string[] lines = [.. Enumerable.Range(0, 400).Select(_ => Line())];
        var body = new StringBuilder("""{"model":"gpt-5.6","stream":true,"input":[""");
        var noise = new byte[1_125];
        for (int turn = 0; body.Length < length; turn++)
        {
            random.NextBytes(noise);
            body.Append($$"""{"type":"reasoning","summary":[],"encrypted_content":"{{Convert.ToBase64String(noise)}}"},{"type":"function_call","call_id":"call_{{turn}}","name":"Read","arguments":"{\"file_path\":\"/src/{{Common()}}.cs\"}"},{"type":"function_call_output","call_id":"call_{{turn}}","output":""")
                .Append('"');
            // A third of what is read was read before, or looks like it.
            for (int line = 0; line < 120; line++) body.Append(random.Next(3) == 0 ? lines[random.Next(lines.Length)] : Line()).Append("\\n");
            body.Append("\"},");
        }

        return body.ToString(0, length);

        string Line() => string.Concat(Enumerable.Repeat("    ", random.Next(1, 5))) + string.Join(random.Next(4) switch { 0 => ".", 1 => "(", 2 => " = ", _ => " " }, Enumerable.Range(0, random.Next(2, 9)).Select(_ => Common())) + ";";

        // The n-th word is n times as rare as the first.
        string Common() => vocabulary[(int)Math.Pow(vocabulary.Length, random.NextDouble()) - 1];
    }

    private static string Turns(int utf8Length, Func<int, string> turn)
    {
        var turns = new StringBuilder(turn(0));
        for (var number = 1; turns.Length < utf8Length - 60_000; number++) turns.Append(',').Append(turn(number));
        return turns.ToString();
    }

    private static string Tools(string schemaName, string type) => string.Join(',', Enumerable.Range(0, 30).Select(number => $$"""
        {{{type}}"name":"tool_{{number}}","description":"{{Escaped("prose", 1_200)}}","{{schemaName}}":{
        "type":"object","required":["path"],"properties":{"path":{"type":"string","description":"{{Escaped("prose", 300)}}"} } } }
        """));

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
