using System.Runtime.InteropServices;
using CodexClaudeProxy.Load.Backend;
using CodexClaudeProxy.Load.Report;
using CodexClaudeProxy.Load.Rows;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load;

/// <summary>Measures codex-claude-proxy beside nginx and haproxy. Started by <c>scripts/bench.sh</c>, which says how.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [BackendProcess.Word, var authorityFile]) return await BackendServer.RunAsync(authorityFile);
        try
        {
            Options options = Options.Read(arguments);
            return await MeasureAsync(options, RowsOf(options)) ? 0 : 1;
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine($"bench: {e.Message}");
            return 2;
        }
    }

    private static Row[] RowsOf(Options options)
    {
        Row[] possible = [.. Row.All.Where(row => row.IsOverTls || !options.IsOverTls)];
        string[] unknown = [.. options.Rows.Except(possible.Select(static row => row.Name))];
        if (unknown.Length > 0) throw new ArgumentException($"unknown rows: {string.Join(", ", unknown)}; there are {string.Join(", ", possible.Select(static row => row.Name))}");
        return [.. possible.Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Name))];
    }

    /// <returns>Whether all rows could be measured.</returns>
    private static async Task<bool> MeasureAsync(Options options, Row[] rows)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("ccp-bench-");
        List<Target> targets = [];
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => GiveUp(targets));
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => GiveUp(targets));
        try
        {
            using BackendProcess backend = await BackendProcess.StartAsync(directory.FullName);
            targets.AddRange(TargetsOf(options, directory.FullName, backend));
            Bench bench = new(options.IsQuick ? Plan.Quick : Plan.Full, backend, targets);
            Machine machine = new();
            bool isComplete = true;
            foreach (Row row in rows) isComplete &= await TryAsync(row, bench);
            await bench.StopAllAsync();
            Report(options, isComplete, machine.Describe(targets), new Table(bench.Results, targets, targets[^1]).Of(rows, hasGoals: !options.IsOverTls));
            return isComplete;
        }
        finally
        {
            foreach (Target target in targets) target.Dispose();
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The floor first, what is to be judged last.</summary>
    private static List<Target> TargetsOf(Options options, string directory, BackendProcess backend)
    {
        Programs programs = options.IsOverTls ? new(directory, backend.TlsPort, backend.AuthorityFile) : new(directory, backend.Port, authorityFile: null);
        List<Target> targets = [];
        // It cannot speak HTTP/2 to a backend.
        if (!options.IsOverTls) targets.Add(programs.Nginx(options.Nginx));
        targets.Add(programs.Haproxy(options.Haproxy));
        foreach (string[] beside in options.Beside.Select(static pair => pair.Split('=', 2))) targets.Add(programs.Ours(beside[0], beside[1], []));
        targets.Add(programs.Ours("ours", options.Ours, options.Variables));
        return targets;
    }

    private static async Task<bool> TryAsync(Row row, Bench bench)
    {
        Console.Error.WriteLine(row.Name);
        try
        {
            await row.MeasureAsync(bench);
            return true;
        }
        catch (Exception e)
        {
            // The other rows are still worth having.
            Console.Error.WriteLine($"bench: {row.Name} could not be measured: {e}");
            return false;
        }
    }

    private static void Report(Options options, bool isComplete, string machine, string table)
    {
        Console.WriteLine($"{machine}\n{table}");
        // Only the whole measurement, at its full length, is worth keeping.
        if (!isComplete || options.IsQuick || options.Rows.Count > 0 || options.Document.Length == 0) return;
        PerformanceDocument.Replace(options.Document, options.IsOverTls ? "tls" : "plain", $"{machine}\n{table}");
        Console.WriteLine($"Written to {options.Document}");
    }

    private static void GiveUp(List<Target> targets)
    {
        foreach (Target target in targets) target.Dispose();
        Environment.Exit(130);
    }
}
