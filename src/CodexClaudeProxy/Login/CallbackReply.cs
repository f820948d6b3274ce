using System.Net;
using System.Text;

namespace CodexClaudeProxy.Login;

/// <summary>What the callback listener answers: a small page or one line of text.</summary>
internal sealed record CallbackReply(HttpStatusCode Status, string Content, bool IsPage = true)
{
    public static CallbackReply Line(HttpStatusCode status, string text) => new(status, text, IsPage: false);

    /// <summary>The whole HTTP answer. No script may run in it, no other page may frame it, nothing may keep it.</summary>
    public byte[] Format()
    {
        byte[] body = Encoding.UTF8.GetBytes(Content);
        string head = $"""
            HTTP/1.1 {(int)Status} {Status}
            Content-Type: {(IsPage ? "text/html" : "text/plain")}; charset=utf-8
            Content-Length: {body.Length}
            Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'
            X-Content-Type-Options: nosniff
            Referrer-Policy: no-referrer
            Cache-Control: no-store
            Connection: close


            """;
        return [.. Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n")), .. body];
    }
}
