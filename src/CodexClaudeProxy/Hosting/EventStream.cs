using System.Buffers;
using System.Globalization;
using System.Text;

namespace CodexClaudeProxy.Hosting;

/// <summary>An event stream of our own to the dashboard and other watchers: the headers at once, a sign of life every 15 seconds, an end with the program's.</summary>
internal sealed class EventStream(HttpContext http, TimeProvider time)
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly ArrayBufferWriter<byte> _buffer = new(1_024);

    /// <summary>Where the watcher wants to go on, if it has been here before.</summary>
    public long? LastEventId =>
        long.TryParse(http.Request.Headers["last-event-id"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;

    public Task BeginAsync(CancellationToken cancellation)
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["x-accel-buffering"] = "no";
        return http.Response.Body.FlushAsync(cancellation);
    }

    /// <param name="name">Null for the kind that browsers call "message".</param>
    /// <param name="write">Writes the data: one line.</param>
    public async Task SendAsync(long id, string? name, Action<IBufferWriter<byte>> write, CancellationToken cancellation)
    {
        _buffer.ResetWrittenCount();
        Encoding.UTF8.GetBytes($"id: {id}\n{(name is null ? "" : $"event: {name}\n")}data: ", _buffer);
        write(_buffer);
        _buffer.Write("\n\n"u8);
        await http.Response.Body.WriteAsync(_buffer.WrittenMemory, cancellation);
        await http.Response.Body.FlushAsync(cancellation);
    }

    /// <summary>Waits for what comes next and shows signs of life meanwhile. False at the end.</summary>
    public async Task<bool> WaitAsync(ValueTask<bool> next, CancellationToken cancellation)
    {
        if (next.IsCompleted) return await next;
        Task<bool> waiting = next.AsTask();
        while (true)
        {
            try
            {
                return await waiting.WaitAsync(Heartbeat, time, cancellation);
            }
            catch (TimeoutException)
            {
                await http.Response.Body.WriteAsync(": still here\n\n"u8.ToArray(), cancellation);
                await http.Response.Body.FlushAsync(cancellation);
            }
        }
    }
}
