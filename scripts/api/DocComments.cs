using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>The doc comments of the program, as Markdown: the compiler leaves them in a file beside it.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, XElement> _summaries = [];

    public DocComments()
    {
        string file = Path.ChangeExtension(typeof(Composition).Assembly.Location, ".xml");
        foreach (XElement member in XDocument.Load(file).Descendants("member"))
        {
            if (member.Element("summary") is { } summary) _summaries[(string)member.Attribute("name")!] = summary;
        }
    }

    /// <summary>Null for a type without one.</summary>
    public string? Of(Type type) => Summary($"T:{type.FullName}") is { } summary ? Text(summary) : null;

    /// <summary>
    /// Null for a member without one. A class whose summary refers to another one, "the members of its RequestRow", has that one's words
    /// for the members they share.
    /// </summary>
    public string? Of(Type type, string property)
    {
        if (Summary($"P:{type.FullName}.{property}") is { } own) return Text(own);
        foreach (XElement reference in Summary($"T:{type.FullName}")?.Elements("see") ?? [])
        {
            if (Summary($"P:{((string)reference.Attribute("cref")!)[2..]}.{property}") is { } shared) return Text(shared);
        }

        return null;
    }

    private XElement? Summary(string name) => _summaries.GetValueOrDefault(name);

    private static string Text(XElement summary) => Blanks().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "paramref" } named => $"`{CamelCase((string)named.Attribute("name")!)}`",
        XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('.')[^1]}`",
        XElement other => string.Concat(other.Nodes().Select(Text)),
        _ => "",
    };

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
