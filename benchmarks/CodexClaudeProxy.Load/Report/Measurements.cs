using System.Globalization;
using CodexClaudeProxy.Load.Targets;

namespace CodexClaudeProxy.Load.Report;

/// <summary>Every value that was measured, in the order of the rounds.</summary>
internal sealed class Measurements
{
    private readonly Dictionary<(string Metric, string Target), List<double>> _values = [];

    public void Add(string metric, Target target, double value)
    {
        if (!_values.TryGetValue((metric, target.Name), out List<double>? values)) _values[(metric, target.Name)] = values = [];
        values.Add(value);
        // On the way it shows that something happens, and how far the rounds lie apart.
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {metric,-16} {target.Name,-10} {value:0.##}"));
    }

    /// <returns>Null when it was not measured there.</returns>
    public double? Of(Metric metric, string target) => _values.TryGetValue((metric.Key, target), out List<double>? values) ? Summarise(metric, values) : null;

    /// <summary>The median of what the rounds say one by one: the machine is the same within a round, but not from one to the next.</summary>
    public double? Ratio(Metric metric, string target, string floor) =>
        _values.TryGetValue((metric.Key, target), out List<double>? values) && _values.TryGetValue((metric.Key, floor), out List<double>? below)
            ? metric.Summary == Summary.Best ? values.Min() / below.Min() : Median(values.Zip(below, static (value, under) => value / under))
            : null;

    private static double Summarise(Metric metric, List<double> values) => metric.Summary == Summary.Best ? values.Min() : Median(values);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
