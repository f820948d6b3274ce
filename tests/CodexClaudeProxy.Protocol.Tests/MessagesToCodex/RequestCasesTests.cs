using System.Text.Json;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.Tests.MessagesToCodex;

/// <summary>The table of edge cases in <c>request-cases.json</c>: an Anthropic request and what must become of it.</summary>
public sealed class RequestCasesTests
{
    private static readonly JsonElement[] Cases =
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "MessagesToCodex", "request-cases.json"))).RootElement.EnumerateArray()];

    public static IEnumerable<TheoryDataRow<string, string>> Titles() =>
        Cases.Select(static one => new TheoryDataRow<string, string>(one.GetProperty("id").GetString()!, one.GetProperty("title").GetString()!));

    [Fact]
    public void All_ninety_cases_are_there() => Assert.Equal(Enumerable.Range(1, 90).Select(static n => $"R{n}"), Cases.Select(static one => one.GetProperty("id").GetString()!));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Request_case(string id, string title)
    {
        Assert.NotEmpty(title);
        var one = Array.Find(Cases, one => one.GetProperty("id").GetString() == id);
        var request = Converted.Request(one.GetProperty("input").GetRawText());
        // The model string itself is the router's business.
        var converted = Converted.From(request, Profile(one), Options(one));
        foreach (var expected in one.GetProperty("expected").EnumerateArray()) Check(converted, expected.GetProperty("at").GetString()!, expected.GetProperty("value"));
    }

    private static void Check(Converted converted, string at, JsonElement value)
    {
        switch (at)
        {
            case "error":
                converted.IsRefused(value[1].GetString()!);
                Assert.Equal(value[0].GetInt32(), converted.Error!.Status);
                break;
            case "alpha":
                Converted.Same(value, Without(JsonDocument.Parse(converted.Standalone).RootElement, "id", "input"));
                break;
            case "local":
                Assert.True(converted.Context!.AnsweredLocally);
                Assert.Equal(0, converted.Context.MaxTokens);
                break;
            case "keys":
                Assert.Equal(
                    value.EnumerateArray().Select(static key => key.GetString()),
                    converted.Body.EnumerateObject().Select(static member => member.Name).Where(static name => name != "prompt_cache_key"));
                break;
            case "absent":
                foreach (var name in value.EnumerateArray()) Assert.False(converted.Body.TryGetProperty(name.GetString()!, out _), $"{name} is there");
                break;
            case "/":
                Converted.Same(value, Without(converted.Body, "prompt_cache_key"));
                break;
            default:
                Converted.Same(value, converted.At(at));
                break;
        }
    }

    private static ModelProfile Profile(JsonElement one)
    {
        var profile = Converted.Profile;
        if (!one.TryGetProperty("profile", out var overrides)) return profile;
        foreach (var member in overrides.EnumerateObject())
        {
            profile = member.Name switch
            {
                "images" => profile with { Images = member.Value.GetBoolean() },
                "lite" => profile with { Lite = member.Value.GetBoolean() },
                "efforts" => profile with { Efforts = [.. member.Value.EnumerateArray().Select(static word => ParseEffort(word.GetString()!))] },
                _ => throw new NotSupportedException(member.Name),
            };
        }

        return profile;
    }

    private static ConversionOptions Options(JsonElement one) => !one.TryGetProperty("options", out var options)
        ? Converted.Options
        : options.GetProperty("search").GetString() == "hosted"
            ? Converted.Options with { Search = SearchRoute.Hosted }
            : throw new NotSupportedException(options.GetRawText());

    private static Effort ParseEffort(string word) => Efforts.TryParse(word, out var effort) ? effort : throw new NotSupportedException(word);

    private static JsonElement Without(JsonElement element, params string[] names)
    {
        var members = element.EnumerateObject().Where(member => !names.Contains(member.Name)).Select(static member => $"\"{member.Name}\":{member.Value.GetRawText()}");
        return JsonDocument.Parse("{" + string.Join(',', members) + "}").RootElement;
    }
}
