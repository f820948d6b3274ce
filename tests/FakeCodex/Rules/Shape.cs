using System.Text.Json;

namespace FakeCodex;

/// <summary>Which members an object must and may have. The model API refuses members it does not know.</summary>
internal sealed class Shape(string[] required, string[] optional)
{
    public static Shape Of(string required, string optional = "") => new(Words(required), Words(optional));

    public IEnumerable<Rejection> Check(JsonElement element, string path)
    {
        foreach (string name in required)
        {
            if (!element.Has(name)) yield return Rejection.Missing($"{path}.{name}");
        }
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!required.Contains(member.Name) && !optional.Contains(member.Name)) yield return Rejection.Unknown($"{path}.{member.Name}");
        }
    }

    private static string[] Words(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
