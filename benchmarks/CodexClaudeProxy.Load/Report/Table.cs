using System.Globalization;
using System.Text;
using CodexClaudeProxy.Load.Rows;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Report;

/// <summary>The results as a table of Markdown, which can also be read as it stands.</summary>
/// <param name="targets">The columns; the first is the floor.</param>
/// <param name="ours">Whose ratio to the floor is told, and who has goals.</param>
internal sealed class Table(Measurements results, IReadOnlyList<Target> targets, Target ours)
{
    private const string Nothing = "–";

    private string Floor => targets[0].Name;

    /// <param name="hasGoals">The goals are those of the way without encryption.</param>
    public string Of(IEnumerable<Row> rows, bool hasGoals)
    {
        StringBuilder table = new();
        string[] goals = hasGoals ? ["goal", ""] : [];
        Append(table, ["", .. targets.Select(static target => target.Name), $"{ours.Name} × {Floor}", .. goals]);
        Append(table, [.. Enumerable.Repeat("---", targets.Count + 2 + goals.Length)]);
        foreach (Metric metric in rows.SelectMany(static row => row.Metrics))
        {
            string[] values = [.. targets.Select(target => results.Of(metric, target.Name) is { } value ? Number(value, metric.Decimals) : Nothing)];
            double? ratio = results.Ratio(metric, ours.Name, Floor);
            goals = hasGoals ? [GoalOf(metric), Mark(metric, ratio)] : [];
            Append(table, [metric.Title, .. values, ratio is { } times && double.IsFinite(times) ? Number(times, 2) : Nothing, .. goals]);
        }
        return table.ToString();
    }

    private string GoalOf(Metric metric) => metric.Goal switch
    {
        null => "",
        { IsOfFloor: true } goal => $"≤ {goal.Limit.ToString(CultureInfo.InvariantCulture)} × {Floor}",
        var goal => $"≤ {goal.Limit.ToString(CultureInfo.InvariantCulture)}",
    };

    private string Mark(Metric metric, double? ratio)
    {
        if (metric.Goal is not { } goal) return "";
        double? reached = goal.IsOfFloor ? ratio : results.Of(metric, ours.Name);
        return reached is null ? "" : reached <= goal.Limit ? "met" : "**missed**";
    }

    private static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder table, IReadOnlyList<string> cells) => table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
