using System.Diagnostics;
using System.Net;
using System.Text;

namespace CodexClaudeProxy.EndToEnd.Roots;

/// <summary>One streamed message to a demo.</summary>
internal static class Demo
{
    private const string Message = """{"model":"claude-sonnet-4-5","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"hello"}]}""";

    public static async Task AssertAnswersAsync(ProcessStartInfo start)
    {
        using RunningProgram demo = await RunningProgram.StartAsync(start);
        using HttpClient http = new();
        using StringContent body = new(Message, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync(demo.Url + "/v1/messages", body, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, await demo.StopAsync());
    }
}
