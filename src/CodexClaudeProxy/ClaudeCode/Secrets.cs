using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.ClaudeCode;

/// <summary>Hides keys and tokens in what is shown of a settings file. By name, at any depth, and by what they look like, also in comments.</summary>
internal static partial class Secrets
{
    public const string Mask = "********";

    /// <summary>What stands in for a key where none is needed; everybody may see it.</summary>
    public static bool IsPlaceholder(string value) => value is "" or "any" or "any-key" or "sk-ant-proxy";

    /// <summary>The value as it may be shown.</summary>
    public static string Hide(string name, string value) =>
        IsPlaceholder(value) || value.All(char.IsAsciiDigit) ? value
        : SecretName().IsMatch(name) ? Mask
        : SecretText().Replace(value, Mask);

    /// <summary>The text of a whole file as it may be shown: the same lines, with comments and all.</summary>
    public static string Hide(ReadOnlySpan<byte> json)
    {
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        StringBuilder shown = new(json.Length);
        Utf8JsonReader reader = new(json, JsonDepth.Reader with { CommentHandling = JsonCommentHandling.Allow, AllowTrailingCommas = true });
        Stack<string> owners = [];
        string name = "";
        int at = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    owners.Push(name);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    name = owners.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    name = Text(ref reader);
                    break;
                case JsonTokenType.String when Text(ref reader) is var value && Hide(name, value) is var hidden && hidden != value:
                    Copy(shown, json, ref at, ref reader, SettingsText.Quote(hidden));
                    break;
                case JsonTokenType.Comment when Encoding.UTF8.GetString(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]) is var comment:
                    Copy(shown, json, ref at, ref reader, SecretMember().Replace(SecretText().Replace(comment, Mask), "${1}" + Mask));
                    break;
            }
        }

        return shown.Append(Encoding.UTF8.GetString(json[at..])).ToString();
    }

    private static void Copy(StringBuilder shown, ReadOnlySpan<byte> json, ref int at, ref Utf8JsonReader reader, string token)
    {
        shown.Append(Encoding.UTF8.GetString(json[at..(int)reader.TokenStartIndex])).Append(token);
        at = (int)reader.BytesConsumed;
    }

    /// <summary>A string with half a character in it has no text; as a value it is then shown as it stands in the file.</summary>
    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    [GeneratedRegex("KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTHORIZATION|COOKIE|HEADERS", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    /// <summary>Keys of known makers, bearer tokens, JSON web tokens, and passwords in addresses.</summary>
    [GeneratedRegex(@"\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|xox[abp]|glpat)[-_][\w-]{6,}|(?<=\bBearer\s+)[^\s""']+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=://)[^/\s@""]+(?=@)", RegexOptions.CultureInvariant)]
    private static partial Regex SecretText();

    /// <summary>A member that was commented out.</summary>
    [GeneratedRegex(@"(\w*(?:KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTHORIZATION|COOKIE|HEADERS)\w*[""']?\s*[:=]\s*[""']?)[^\s""',]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretMember();
}
