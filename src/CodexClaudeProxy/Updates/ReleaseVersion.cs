using System.Text.RegularExpressions;

namespace CodexClaudeProxy.Updates;

/// <summary>A version as releases have them (https://semver.org), and which of two is the newer one.</summary>
internal sealed partial class ReleaseVersion : IComparable<ReleaseVersion>
{
    private readonly string _text;
    private readonly Version _core;
    private readonly string[] _preview;

    private ReleaseVersion(string text, Version core, string preview) =>
        (_text, _core, _preview) = (text, core, preview.Length == 0 ? [] : preview.Split('.'));

    /// <summary>Null for a text that is no version. It becomes a part of an address, so nothing else gets through.</summary>
    public static ReleaseVersion? Parse(string? text) =>
        Format().Match(text?.Trim() ?? "") is { Success: true } match && Version.TryParse(match.Groups["core"].Value, out Version? core)
            ? new ReleaseVersion(match.Groups["all"].Value, core, match.Groups["preview"].Value)
            : null;

    public override string ToString() => _text;

    public int CompareTo(ReleaseVersion? other)
    {
        if (other is null) return 1;
        int order = _core.CompareTo(other._core);
        // A preview comes before what it previews.
        if (order == 0) order = (_preview.Length == 0).CompareTo(other._preview.Length == 0);
        for (int i = 0; order == 0 && i < Math.Min(_preview.Length, other._preview.Length); i++) order = Compare(_preview[i], other._preview[i]);
        return order != 0 ? order : _preview.Length.CompareTo(other._preview.Length);
    }

    /// <summary>Numbers come before words.</summary>
    private static int Compare(string one, string other) => (int.TryParse(one, out int number), int.TryParse(other, out int otherNumber)) switch
    {
        (true, true) => number.CompareTo(otherNumber),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(one, other),
    };

    [GeneratedRegex(@"^v?(?<all>(?<core>[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9})(?:-(?<preview>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
