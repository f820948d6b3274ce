using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Turn;

namespace CodexClaudeProxy.Protocol.Messages;

/// <summary>The blocks of an answer, as the event stream and the single message both write them.</summary>
internal static class BlockJson
{
    /// <summary>There is no block for an image in an assistant's message.</summary>
    public static ReadOnlySpan<byte> ImageNote => "[image generated; not representable in this API]"u8;

    public static void WriteToolHead(IBufferWriter<byte> output, in ToolStart tool)
    {
        output.Write("{\"type\":\"tool_use\",\"id\":\""u8);
        output.Write(tool.Id);
        output.Write("\",\"name\":\""u8);
        output.Write(tool.Name);
        if (!tool.Toolset.IsEmpty)
        {
            output.Write("\",\"toolset_name\":\""u8);
            output.Write(tool.Toolset);
        }

        output.Write("\",\"input\":"u8);
    }

    public static void WriteSearchCallHead(IBufferWriter<byte> output, in SearchCall call)
    {
        output.Write("{\"type\":\"server_tool_use\",\"id\":\"srvtoolu_"u8);
        JsonText.Escape(call.Id, output);
        output.Write("\",\"name\":\"web_search\",\"input\":"u8);
    }

    public static void WriteSearchResult(IBufferWriter<byte> output, in SearchCall call)
    {
        output.Write("{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srvtoolu_"u8);
        JsonText.Escape(call.Id, output);
        output.Write("\",\"caller\":{\"type\":\"direct\"},\"content\":"u8);
        if (call.ErrorCode is { } code)
        {
            output.Write("{\"type\":\"web_search_tool_result_error\",\"error_code\":\""u8);
            JsonText.Escape(code, output);
            output.Write("\"}"u8);
        }
        else
        {
            output.Write("["u8);
            for (var i = 0; i < call.Hits.Count; i++)
            {
                if (i > 0) output.Write(","u8);
                output.Write("{\"type\":\"web_search_result\",\"url\":\""u8);
                output.Write(call.Hits[i].Url);
                output.Write("\",\"title\":\""u8);
                output.Write(call.Hits[i].Title);
                output.Write("\",\"page_age\":null,\"encrypted_content\":\""u8);
                WriteMarker(output, call.Hits[i].Url);
                output.Write("\"}"u8);
            }

            output.Write("]"u8);
        }

        output.Write("}"u8);
    }

    public static void WriteAdvisorCall(IBufferWriter<byte> output, ReadOnlySpan<byte> callId)
    {
        output.Write("{\"type\":\"server_tool_use\",\"id\":\""u8);
        WriteServerId(output, callId);
        output.Write("\",\"name\":\"advisor\",\"input\":{},\"caller\":{\"type\":\"direct\"}}"u8);
    }

    public static void WriteAdvice(IBufferWriter<byte> output, ReadOnlySpan<byte> callId, Advice advice)
    {
        output.Write("{\"type\":\"advisor_tool_result\",\"tool_use_id\":\""u8);
        WriteServerId(output, callId);
        output.Write("\",\"content\":"u8);
        if (advice.ErrorCode is { } code)
        {
            output.Write("{\"type\":\"advisor_tool_result_error\",\"error_code\":"u8);
            output.WriteNullable(code);
        }
        else
        {
            output.Write("{\"type\":\"advisor_result\",\"text\":"u8);
            output.WriteNullable(advice.Text);
            output.Write(",\"stop_reason\":"u8);
            output.WriteNullable(advice.StopReason);
        }

        output.Write("}}"u8);
    }

    public static void WriteCitation(IBufferWriter<byte> output, ReadOnlySpan<byte> url, ReadOnlySpan<byte> title)
    {
        output.Write("{\"type\":\"web_search_result_location\",\"url\":\""u8);
        output.Write(url);
        output.Write("\",\"title\":\""u8);
        output.Write(title);
        output.Write("\",\"cited_text\":\"\",\"encrypted_index\":\""u8);
        WriteMarker(output, url);
        output.Write("\"}"u8);
    }

    private static void WriteServerId(IBufferWriter<byte> output, ReadOnlySpan<byte> callId)
    {
        output.Write("srvtoolu_"u8);
        output.Write(callId.StartsWith("call_"u8) ? callId[5..] : callId);
    }

    /// <summary>An opaque, never empty mark for a page, recognisable as ours when the client sends it back.</summary>
    private static void WriteMarker(IBufferWriter<byte> output, ReadOnlySpan<byte> escapedUrl)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(JsonText.ToString(escapedUrl)), hash);
        output.Write("cx1."u8);
        var target = output.GetSpan(Base64Url.GetEncodedLength(hash.Length));
        Base64Url.EncodeToUtf8(hash, target);
        output.Advance(22);
    }
}
