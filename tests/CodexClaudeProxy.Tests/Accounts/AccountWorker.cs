using System.Diagnostics;
using System.Globalization;
using CodexClaudeProxy.Accounts.Refresh;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Tests.Activity;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>This program in the role of another process on the same data directory.</summary>
internal static class AccountWorker
{
    public const string Word = "account-worker";

    /// <summary>Starts a worker that waits for <see cref="GoAsync"/>; its standard output says a line for each step.</summary>
    public static async Task<Process> StartAsync(params string[] args)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.ArgumentList.Add(Word);
        foreach (string arg in args) start.ArgumentList.Add(arg);
        Process worker = Process.Start(start)!;
        if (await worker.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException("The worker did not start.");
        return worker;
    }

    public static async Task GoAsync(this Process worker)
    {
        await worker.StandardInput.WriteLineAsync("go");
        await worker.StandardInput.FlushAsync();
    }

    /// <summary>Begins when the test says so, and ends with the test at the latest.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Console.Out.WriteLine("ready");
        Console.Out.Flush();
        await Console.In.ReadLineAsync();
        Task<int> work = args switch
        {
            ["write", var directory] => WriteAsync(directory),
            ["refresh", var directory, var issuer, var codexHome, var rounds] => RefreshAsync(directory, issuer, codexHome, int.Parse(rounds, CultureInfo.InvariantCulture)),
            ["record", var file] => RecordAsync(file),
            _ => Task.FromResult(2),
        };
        Task<string> testIsOver = Task.Run(Console.In.ReadToEnd);
        return await Task.WhenAny(work, testIsOver) == work ? await work : 3;
    }

    /// <summary>Changes every account for ever; the test kills it.</summary>
    private static async Task<int> WriteAsync(string directory)
    {
        using AccountStore store = new(new DataDirectory(directory), TimeProvider.System, new RecordedLogs().CreateLogger<AccountStore>());
        for (long i = 0; ; i++)
        {
            string label = new('x', (int)(i % 500));
            await store.UpdateAsync(document => document.Accounts.All.All(account => document.Set(account, "label", label)), default);
            Console.Out.WriteLine(i);
            Console.Out.Flush();
        }
    }

    /// <summary>Keeps finished requests for ever, and says how many are in the file; the test kills it.</summary>
    private static async Task<int> RecordAsync(string file)
    {
        await using ActivityStore store = new(file, TimeProvider.System, new RecordedLogs().CreateLogger<AccountStore>());
        for (int i = 0; ; i++)
        {
            store.Add(Samples.Entry(i));
            if (i % 100 != 99) continue;
            await store.ReadAsync(database => "", default);
            Console.Out.WriteLine(i + 1);
            Console.Out.Flush();
        }
    }

    /// <summary>Wants a fresh token of every account again and again. Ends with 0 when it got one each time.</summary>
    private static async Task<int> RefreshAsync(string directory, string issuer, string codexHome, int rounds)
    {
        RecordedLogs logs = new();
        using HttpMessageInvoker http = new(new SocketsHttpHandler { UseProxy = false });
        using AccountStore store = new(new DataDirectory(directory), TimeProvider.System, logs.CreateLogger<AccountStore>());
        TokenEndpoint endpoint = new(http, new Uri(issuer), TimeProvider.System);
        await using TokenRefresher refresher = new(store, endpoint, new CodexHome(codexHome), TimeProvider.System, logs.CreateLogger<TokenRefresher>());

        for (int round = 0; round < rounds; round++)
        {
            CredentialReply[] replies = await Task.WhenAll(store.Read().All.Select(account => refresher.GetCredentialAsync(account, default)));
            if (replies.FirstOrDefault(reply => reply.Credential is null) is { } failed)
            {
                Console.Out.WriteLine($"{failed.Failure} {logs.Text}");
                return 1;
            }
        }

        return 0;
    }
}
