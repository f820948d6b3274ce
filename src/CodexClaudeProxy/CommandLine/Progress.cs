namespace CodexClaudeProxy.CommandLine;

/// <summary>Tells a person what a command waits for, once that takes longer than a second. The line is removed before anything else is written.</summary>
internal static class Progress
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    public static async Task<T> ShowProgressAsync<T>(this Terminal terminal, string what, Task<T> work)
    {
        await terminal.ShowProgressAsync(what, (Task)work);
        return await work;
    }

    public static async Task ShowProgressAsync(this Terminal terminal, string what, Task work)
    {
        if (terminal.ShowsProgress) await WaitAsync(terminal, what, work);
        await work;
    }

    private static async Task WaitAsync(Terminal terminal, string what, Task work)
    {
        int width = 0;
        for (int seconds = 1; ; seconds++)
        {
            using CancellationTokenSource over = new();
            bool isDone = await Task.WhenAny(work, Task.Delay(Step, terminal.Time, over.Token)) == work;
            await over.CancelAsync();
            if (isDone) break;
            string line = $"{what} … {seconds} s";
            width = line.Length;
            await terminal.WriteOverAsync(line);
        }

        if (width == 0) return;
        await terminal.WriteOverAsync(new string(' ', width));
        await terminal.WriteOverAsync("");
    }
}
