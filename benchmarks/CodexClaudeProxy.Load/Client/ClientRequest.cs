using System.Globalization;
using System.Text;
using CodexClaudeProxy.Benchmarks;

namespace CodexClaudeProxy.Load.Client;

/// <summary>
/// A request as Claude Code sends it, made up to a size: instructions, tools, and a conversation of prose, calls with JSON inside JSON and code as
/// results, so that a good part of it is escaped. The proxies that only forward get the same bytes at the Codex backend's own path.
/// </summary>
internal sealed class ClientRequest
{
    private const string Number = "000000000000";
    private const int Tools = 18;
    private const int Instructions = 9_000;
    private const int LongestTurn = 8_000;

    private readonly byte[] _forProxy;
    private readonly byte[] _forFloor;

    private ClientRequest(string body)
    {
        _forProxy = Whole("/v1/messages?beta=true", body);
        _forFloor = Whole("/backend-api/codex/responses", body);
    }

    /// <summary>A question without tools, 0.8 KB.</summary>
    public static ClientRequest Small { get; } = new(Body(Samples.Escaped("prose", 300), "", ""));

    /// <summary>An early turn of a session with its tools.</summary>
    public static ClientRequest Usual { get; } = OfSize(73 * 1024);

    public static ClientRequest Large { get; } = OfSize(1024 * 1024);

    public static ClientRequest Huge { get; } = OfSize(5 * 1024 * 1024);

    /// <summary>The request's bytes, with the numbers of its session and of its turn in them.</summary>
    public byte[] Bytes(bool isMessages, int session, int turn)
    {
        byte[] bytes = (byte[])(isMessages ? _forProxy : _forFloor).Clone();
        Replace(bytes, "8111-"u8, session);
        Replace(bytes, "Turn "u8, turn);
        return bytes;
    }

    private static ClientRequest OfSize(int size)
    {
        string instructions = Samples.Escaped("prose", Instructions);
        string tools = string.Join(',', Enumerable.Range(0, Tools).Select(static number => $$$$$"""
            {"name":"tool_{{{{{number}}}}}","description":"{{{{{Samples.Escaped("prose", 1_500)}}}}}","input_schema":{"type":"object","required":["path"],"additionalProperties":false,"properties":{"path":{"type":"string","description":"{{{{{Samples.Escaped("prose", 300)}}}}}"},"limit":{"type":"number"}}}}
            """));
        int missing = size - Body(instructions, tools, "").Length;
        StringBuilder turns = new();
        for (int number = 0; missing - turns.Length > LongestTurn; number++) turns.Append(Turn(number));
        return new ClientRequest(Body(Samples.Escaped("prose", Instructions + missing - turns.Length), tools, turns.ToString()));
    }

    private static string Turn(int number) => $$$"""
        {"role":"user","content":[{"type":"text","text":"{{{Samples.Escaped("prose", 400)}}}"}]},
        {"role":"assistant","content":[{"type":"text","text":"I edit the file."},{"type":"tool_use","id":"toolu_{{{number}}}","name":"tool_1","input":{"path":"src/main.rs","text":"{{{Samples.Escaped("json", 400)}}}"}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_{{{number}}}","content":"{{{Samples.Escaped("code", 5_000 + number)}}}"}]},
        {"role":"assistant","content":[{"type":"text","text":"{{{Samples.Escaped("prose", 200)}}}"}]},
        """;

    private static string Body(string instructions, string tools, string turns) => $$$"""
        {"model":"claude-opus-5-5","max_tokens":128000,"stream":true,"system":[{"type":"text","text":"{{{instructions}}}"}],
        "metadata":{"user_id":"{\"device_id\":\"0000\",\"account_uuid\":\"\",\"session_id\":\"11111111-1111-4111-8111-{{{Number}}}\"}"},
        "tools":[{{{tools}}}],
        "messages":[{{{turns}}}{"role":"user","content":[{"type":"text","text":"Turn {{{Number}}}: {{{Samples.Escaped("prose", 150)}}}"}]}]}
        """;

    private static string Head(string path, int length) => $"""
        POST {path} HTTP/1.1
        Host: 127.0.0.1
        Accept: application/json
        Authorization: Bearer none
        Content-Type: application/json
        User-Agent: claude-cli/2.1.330 (external, sdk-cli)
        X-Claude-Code-Session-Id: 11111111-1111-4111-8111-000000000000
        X-Stainless-Lang: js
        X-Stainless-Package-Version: 0.128.0
        X-Stainless-Retry-Count: 0
        X-Stainless-Runtime: node
        X-Stainless-Timeout: 600
        anthropic-beta: claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27
        anthropic-version: 2023-06-01
        x-app: cli
        Content-Length: {length}


        """.ReplaceLineEndings("\r\n");

    private static byte[] Whole(string path, string body) => Encoding.UTF8.GetBytes(Head(path, Encoding.UTF8.GetByteCount(body)) + body);

    /// <summary>Writes the number behind each place where the digits follow these words.</summary>
    private static void Replace(Span<byte> bytes, ReadOnlySpan<byte> before, int number)
    {
        Span<byte> digits = stackalloc byte[Number.Length];
        number.TryFormat(digits, out _, "D12", CultureInfo.InvariantCulture);
        for (Span<byte> rest = bytes; rest.IndexOf(before) is >= 0 and int at; rest = rest[(at + before.Length)..])
        {
            if (rest[(at + before.Length)..].StartsWith("000000000000"u8)) digits.CopyTo(rest[(at + before.Length)..]);
        }
    }
}
