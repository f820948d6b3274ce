using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FakeCodex;

namespace CodexClaudeProxy.EndToEnd;

/// <summary>Claude Code runs the tools that the model calls, and the model gets what they gave.</summary>
public sealed class ClaudeCodeTools : ClaudeCodeBehindProxy
{
    private const string Pdf = """
        %PDF-1.4
        1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
        2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
        3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>> endobj
        trailer <</Root 1 0 R>>
        %%EOF
        """;

    [Fact]
    public async Task A_whole_piece_of_work()
    {
        string notes = Claude.Home.Write("project/notes.txt", "The canary is yellow.\n");
        string picture = Path.Combine(Claude.Home.Project, "dot.png");
        await File.WriteAllBytesAsync(picture, Pictures.RedDot, TestContext.Current.CancellationToken);
        string report = Path.Combine(Claude.Home.Project, "report.md");

        Backend.Answer(Reply.Calls(Call("call_bash", "Bash", new() { ["command"] = "echo tool-ran-$((40+2))" })));
        Backend.Answer(Reply.Sse(new StreamScript().Text("I read it.").Calls(Call("call_read", "Read", new() { ["file_path"] = notes })).Completed()));
        Backend.Answer(Reply.Sse(new StreamScript().InterleavedCalls(
            Call("call_left", "Bash", new() { ["command"] = "echo left-$((1+1))" }),
            Call("call_right", "Bash", new() { ["command"] = "echo right-$((2+2))" })).Completed()));
        Backend.Answer(Reply.Calls(Call("call_edit", "Edit", new() { ["file_path"] = notes, ["old_string"] = "yellow", ["new_string"] = "„grün“ \\n" })));
        Backend.Answer(Reply.Calls(Call("call_picture", "Read", new() { ["file_path"] = picture })));
        Backend.Answer(Reply.Calls(Call("call_fail", "Bash", new() { ["command"] = "echo not-possible >&2; exit 3" })));
        Backend.Answer(Reply.Calls(Call("call_write", "Write", new() { ["file_path"] = report, ["content"] = "Line 1\n\tLine \"2\"\n" })));
        Backend.Answer(Reply.Text("All of it is done."));

        ClaudeRun run = (await Claude.AskAsync("Do a whole piece of work")).AssertSmooth();

        Assert.Equal("All of it is done.", run.Text);
        Assert.Equal("The canary is „grün“ \\n.\n", await File.ReadAllTextAsync(notes, TestContext.Current.CancellationToken));
        Assert.Equal("Line 1\n\tLine \"2\"\n", await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken));
        Assert.Equal(8, run.Blocks.Count(block => block.GetText("type") == "tool_use"));
        Assert.Equal(8, Backend.Requests.Count);
        Assert.Contains("tool-ran-42", Backend.Requests[1].OutputOf("call_bash"), StringComparison.Ordinal);
        Assert.Contains("The canary is yellow.", Backend.Requests[2].OutputOf("call_read"), StringComparison.Ordinal);
        Assert.Contains("left-2", Backend.Requests[3].OutputOf("call_left"), StringComparison.Ordinal);
        Assert.Contains("right-4", Backend.Requests[3].OutputOf("call_right"), StringComparison.Ordinal);
        JsonElement image = Backend.Requests[5].Input.Single(item => item.GetText("call_id") == "call_picture" && item.Has("output"))
            .Get("output").Items().Single(part => part.GetText("type") == "input_image");
        Assert.StartsWith("data:image/png;base64,", image.GetText("image_url"), StringComparison.Ordinal);
        string failed = Backend.Requests[6].OutputOf("call_fail");
        Assert.StartsWith("[tool error]", failed, StringComparison.Ordinal);
        Assert.Contains("not-possible", failed, StringComparison.Ordinal);
        Assert.DoesNotContain("[tool error]", Backend.Requests[7].OutputOf("call_write"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_of_an_mcp_server_whose_name_is_too_long_for_the_backend()
    {
        const string Tool = "read_the_temperature_of_the_water_in_the_tank_behind_the_house";
        const string Name = "mcp__gauges__" + Tool;
        Assert.True(Name.Length > 64);
        string server = Claude.Home.Write("gauges.mjs", McpServer(Tool));
        string config = Claude.Home.Write("mcp.json", new JsonObject
        {
            ["mcpServers"] = new JsonObject { ["gauges"] = new JsonObject { ["command"] = Clients.Node, ["args"] = new JsonArray(server) } },
        }.ToJsonString());
        Claude.Environment["ENABLE_TOOL_SEARCH"] = "false";
        Backend.Answer(request => Reply.Calls(new FunctionCall(
            request.ToolNames().Single(name => name.StartsWith("mcp__", StringComparison.Ordinal)), """{"unit":"celsius"}""", "call_mcp")));
        Backend.Answer(Reply.Text("It is warm."));

        ClaudeRun run = (await Claude.AskAsync("How warm is the tank?", "--mcp-config", config)).AssertSmooth();

        Assert.Equal("It is warm.", run.Text);
        Assert.Equal(Name, run.Blocks.Single(block => block.GetText("type") == "tool_use").GetText("name"));
        Assert.Equal("31.5 in celsius", Backend.Requests[1].OutputOf("call_mcp"));
        Assert.Equal(Backend.Requests[0].ToolNames(), Backend.Requests[1].ToolNames());
    }

    [Fact]
    public async Task A_tool_found_by_tool_search()
    {
        Backend.Answer(Reply.Calls(Call("call_search", "ToolSearch", new() { ["query"] = "select:TaskStop", ["max_results"] = 3 })));
        Backend.Answer(Reply.Calls(Call("call_found", "TaskStop", new() { ["task_id"] = "b1gone" })));
        Backend.Answer(Reply.Text("Nothing ran."));

        ClaudeRun run = (await Claude.AskAsync("Stop the task b1gone")).AssertSmooth();

        Assert.Equal("Nothing ran.", run.Text);
        Assert.DoesNotContain("TaskStop", Backend.Requests[0].ToolNames());
        Assert.DoesNotContain("DeferredToolPlaceholder", Backend.Requests[0].ToolNames());
        Assert.Contains("TaskStop", Backend.Requests[1].ToolNames());
        Assert.Contains("TaskStop", Backend.Requests[1].OutputOf("call_search"), StringComparison.Ordinal);
        // The tool itself answers: it knows no such task.
        Assert.Contains("b1gone", Backend.Requests[2].OutputOf("call_found"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_structured_answer()
    {
        const string Schema = """
            {"type":"object","properties":{"colour":{"type":"string","enum":["red","green"]},"count":{"type":"integer","minimum":1}},"required":["colour","count"],"additionalProperties":false}
            """;
        Backend.Answer(Reply.Calls(new FunctionCall("StructuredOutput", """{"colour":"red","count":0}""", "call_wrong")));
        Backend.Answer(Reply.Calls(new FunctionCall("StructuredOutput", """{"colour":"red","count":3}""", "call_right")));

        ClaudeRun run = (await Claude.AskAsync("Count them", "--json-schema", Schema)).AssertSmooth();

        Assert.Equal("""{"colour":"red","count":3}""", run.Result.Get("structured_output").GetRawText());
        Assert.StartsWith("[tool error]", Backend.Requests[1].OutputOf("call_wrong"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pdf_that_is_read_reaches_the_model_as_a_file()
    {
        string file = Claude.Home.Write("project/plan.pdf", Pdf);
        Backend.Answer(Reply.Calls(Call("call_read", "Read", new() { ["file_path"] = file })));
        Backend.Answer(Reply.Text("It is a plan."));

        ClaudeRun run = (await Claude.AskAsync("What is in plan.pdf?")).AssertSmooth();

        Assert.Equal("It is a plan.", run.Text);
        JsonElement part = Backend.Requests[1].Input.Where(item => item.GetText("role") == "user")
            .SelectMany(item => item.Get("content").Items()).Single(part => part.GetText("type") == "input_file");
        Assert.Equal("data:application/pdf;base64," + Convert.ToBase64String(Encoding.ASCII.GetBytes(Pdf)), part.GetText("file_data"));
    }

    [Fact]
    public async Task A_subagent_works_under_a_cache_key_of_its_own()
    {
        Backend.AnswerAll(request => request switch
        {
            _ when request.ToolOutputs.Any(output => output.Key == "call_count") => Reply.Text("There are 12 canaries."),
            _ when request.LastUserText.Contains("COUNT-THE-CANARIES", StringComparison.Ordinal) =>
                Reply.Calls(Call("call_count", "Bash", new() { ["command"] = "echo $((6+6))" })),
            _ when request.ToolOutputs.Any(output => output.Key == "call_agent") => Reply.Text("The subagent found 12."),
            _ => Reply.Calls(Call("call_agent", "Agent", new()
            {
                ["description"] = "Count canaries",
                ["prompt"] = "COUNT-THE-CANARIES",
                ["subagent_type"] = "general-purpose",
                ["run_in_background"] = false,
            })),
        });

        ClaudeRun run = (await Claude.AskAsync("How many are there? Ask a subagent.")).AssertSmooth();

        Assert.Equal("The subagent found 12.", run.Text);
        ReceivedRequest[] inSubagent = [.. Backend.Requests.Where(request => request.CacheKey() != Backend.Requests[0].CacheKey())];
        Assert.Equal(2, inSubagent.Length);
        Assert.Single(inSubagent.Select(request => request.CacheKey()).Distinct());
        Assert.Contains("12", inSubagent[1].OutputOf("call_count"), StringComparison.Ordinal);
        Assert.Contains("There are 12 canaries.", Backend.Requests[^1].OutputOf("call_agent"), StringComparison.Ordinal);
    }

    private static FunctionCall Call(string id, string tool, JsonObject arguments) => new(tool, arguments.ToJsonString(), id);

    /// <summary>A server with one tool, which speaks the protocol over standard input and output.</summary>
    private static string McpServer(string tool) => $$"""
        import { createInterface } from 'node:readline';
        const answers = {
          initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'gauges', version: '1' } }),
          'tools/list': () => ({ tools: [{ name: '{{tool}}', description: 'Reads it',
            inputSchema: { type: 'object', properties: { unit: { anyOf: [{ type: 'string' }, { type: 'null' }] } } } }] }),
          'tools/call': ({ arguments: { unit } }) => ({ content: [{ type: 'text', text: `31.5 in ${unit}` }] }),
          ping: () => ({}),
        };
        for await (const line of createInterface({ input: process.stdin })) {
          const { id, method, params } = JSON.parse(line);
          if (id === undefined) continue;
          const answer = answers[method];
          console.log(JSON.stringify({ jsonrpc: '2.0', id, ...(answer ? { result: answer(params) } : { error: { code: -32601, message: 'unknown' } }) }));
        }
        """;
}
