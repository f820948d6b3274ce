using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.Messages;
using CodexClaudeProxy.Protocol.MessagesToCodex.Content;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.History;

/// <summary>
/// Calls that another server carried out while it answered: the model here did not make them, so it reads them as part of
/// what was said.
/// </summary>
internal static class HostedCalls
{
    private const int LongestText = 20_000;
    private const int MostSearchResults = 20;

    /// <summary>The result of a call, which stands in the same message; undefined when there is none.</summary>
    public static JsonElement ResultOf(JsonElement call, JsonElement content)
    {
        var id = RawText.Of(call, "id"u8);
        foreach (var block in content.EnumerateArray())
        {
            if (RawText.Of(block, "tool_use_id"u8) is { IsEmpty: false } answered && answered.SequenceEqual(id)) return block;
        }

        return default;
    }

    /// <summary>Writes call and result as text; nothing for those that mean nothing here.</summary>
    public static void Write(JsonElement call, BlockType type, JsonElement block, PooledBuffer to)
    {
        var input = call.Member("input"u8);
        var result = block.Member("content"u8);
        if (type == BlockType.McpToolUse) WriteMcp(call, input, result, to);
        else
        {
            switch (call.Text("name"u8))
            {
                case "web_search": WriteSearch(input, result, to); break;
                case "web_fetch": WriteFetch(input, result, to); break;
                case "code_execution" or "bash_code_execution" or "text_editor_code_execution": WriteExecution(input, result, to); break;
                case "advisor": WriteAdvice(result, to); break;
            }
        }
    }

    private static void WriteMcp(JsonElement call, JsonElement input, JsonElement result, PooledBuffer to)
    {
        to.Append("["u8);
        to.Append(RawText.Of(call, "server_name"u8));
        to.Append("/"u8);
        to.Append(RawText.Of(call, "name"u8));
        to.Append(" "u8);
        CallArguments.Write(input, to);
        to.Append("]\\n"u8);
        Documents.WriteTexts(result, to);
    }

    private static void WriteSearch(JsonElement input, JsonElement result, PooledBuffer to)
    {
        to.Append("[web search: "u8);
        to.Append(RawText.Of(input, "query"u8));
        to.Append("]"u8);
        if (!result.IsArray()) return;
        foreach (var hit in result.EnumerateArray().Take(MostSearchResults))
        {
            to.Append("\\n- "u8);
            to.Append(RawText.Of(hit, "title"u8));
            to.Append(" — "u8);
            to.Append(RawText.Of(hit, "url"u8));
        }
    }

    private static void WriteFetch(JsonElement input, JsonElement result, PooledBuffer to)
    {
        to.Append("[fetched "u8);
        to.Append(RawText.Of(input, "url"u8));
        to.Append("]\\n"u8);
        var source = result.Member("content"u8).Member("source"u8);
        if (source.Text("type"u8) == "text") to.Append(RawText.Clip(RawText.Of(source, "data"u8), LongestText));
        else WriteError(result, to);
    }

    private static void WriteExecution(JsonElement input, JsonElement result, PooledBuffer to)
    {
        to.Append("[code execution]\\n"u8);
        var code = RawText.Of(input, "code"u8);
        if (code.IsEmpty) code = RawText.Of(input, "command"u8);
        // An edit of a file has its command and its operands side by side.
        if (input.Member("path"u8).Exists() || code.IsEmpty) CallArguments.Write(input, to);
        else to.Append(code);
        to.Append("\\n[result]\\n"u8);
        WriteError(result, to);
        to.Append(RawText.Clip(RawText.Of(result, "content"u8), LongestText));
        to.Append(RawText.Clip(RawText.Of(result, "stdout"u8), LongestText));
        to.Append(RawText.Clip(RawText.Of(result, "stderr"u8), LongestText));
        if (result.Member("return_code"u8) is not { ValueKind: JsonValueKind.Number } returned) return;
        to.Append("\\nreturn code "u8);
        CompactJson.Write(returned, to);
    }

    private static void WriteAdvice(JsonElement result, PooledBuffer to)
    {
        var advice = RawText.Of(result, "text"u8);
        if (advice.IsEmpty) return;
        to.Append("[advisor]\\n"u8);
        to.Append(advice);
    }

    private static void WriteError(JsonElement result, PooledBuffer to)
    {
        if (RawText.Of(result, "error_code"u8) is not { IsEmpty: false } code) return;
        to.Append("error: "u8);
        to.Append(code);
    }
}
