using System.Reflection;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy.Tests.Dashboard;

public sealed class PageRulesTests
{
    [Fact]
    public void Data_never_becomes_markup_or_code()
    {
        foreach ((string name, string text) in PageFiles.Own)
        {
            Match match = Regex.Match(text, @"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|setHTML)");
            Assert.False(match.Success, $"{name}: {match.Value}");
        }
    }

    [Fact]
    public void The_document_has_no_inline_script_or_style()
    {
        string page = PageFiles.Own.Single(file => file.Name == "index.html").Text;
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=", page);
    }

    [Fact]
    public void Nothing_names_another_host()
    {
        foreach ((string name, string text) in PageFiles.Own)
        {
            IEnumerable<string> hosts = Regex.Matches(text, @"\b(?:https?|wss?)://([\w.-]+)").Select(match => match.Groups[1].Value);
            Assert.True(hosts.All(host => host is "www.w3.org" or "127.0.0.1" or "localhost"), $"{name}: {string.Join(", ", hosts)}");
        }
    }

    [Fact]
    public void Everything_imported_or_preloaded_is_there()
    {
        foreach ((string name, string text) in PageFiles.Own)
        {
            // What a comment names is a type, which only the check of the types has.
            foreach (Match import in Regex.Matches(Regex.Replace(text, @"/\*\*.*?\*/", "", RegexOptions.Singleline), @"(?:from |import\(|import )'(\.[^']+)'"))
                Assert.Contains(Resolve(name, import.Groups[1].Value), PageFiles.Served);

            if (name != "index.html") continue;
            foreach (Match link in Regex.Matches(text, @"(?:src|href)=""assets/([^""]+)""")) Assert.Contains(link.Groups[1].Value, PageFiles.Served);
        }
    }

    /// <summary>There is no build step that would find a package by its name, and no source map beside a file.</summary>
    [Fact]
    public void What_is_vendored_imports_by_path()
    {
        foreach (string file in PageFiles.Served.Where(file => file.StartsWith("vendor/", StringComparison.Ordinal) && file.EndsWith(".js", StringComparison.Ordinal)))
        {
            string text = File.ReadAllText(Path.Combine(PageFiles.Folder, file));
            foreach (Match import in Regex.Matches(text, @"(?:\bfrom|\bimport) *""([^""]+)""")) Assert.Contains(Resolve(file, import.Groups[1].Value), PageFiles.Served);
            Assert.DoesNotContain("sourceMappingURL", text, StringComparison.Ordinal);
        }
    }

    /// <summary>One door to what is vendored: another version, or another library, changes one file of ours.</summary>
    [Fact]
    public void Only_the_door_imports_what_is_vendored()
    {
        foreach ((_, string text) in PageFiles.Own.Where(file => file.Name.EndsWith(".js", StringComparison.Ordinal) && file.Name != "lib/ui.js"))
            Assert.DoesNotMatch(@"from '[^']*vendor/", text);
    }

    /// <summary>In the words of a person: a name and one sentence, without the words of JSON; and a place in a group.</summary>
    [Fact]
    public void Each_setting_has_a_name_a_sentence_and_a_group()
    {
        string texts = PageFiles.Own.Single(file => file.Name == "texts.js").Text;
        string form = PageFiles.Own.Single(file => file.Name == "places/settings-form.js").Text;
        IEnumerable<string> keys = SettingKeys.All.Select(key => key.Name).Order();
        MatchCollection sentences = Regex.Matches(Block(texts, "about: {", from: "accountStrategy:"), @"(\w+): '([^']+)'");

        Assert.Equal(keys, Regex.Matches(Block(texts, "accountStrategy:", from: ""), @"(\w+): '").Select(match => match.Groups[1].Value).Append("accountStrategy").Distinct().Order());
        Assert.Equal(keys, sentences.Select(match => match.Groups[1].Value).Order());
        Assert.All(sentences, match => Assert.Matches(@"^[A-Z][^.]*(\.[^ ][^.]*)*\.$", match.Groups[2].Value));
        Assert.All(sentences, match => Assert.DoesNotMatch(@"\b(null|true|false)\b", match.Groups[2].Value));
        Assert.Equal(keys, Regex.Matches(Block(form, "const GROUPS = {", from: ""), @"'(\w+)'").Select(match => match.Groups[1].Value).Order());

        static string Block(string text, string head, string from)
        {
            string rest = text[text.IndexOf(from, StringComparison.Ordinal)..];
            rest = rest[rest.IndexOf(head, StringComparison.Ordinal)..];
            return rest[..rest.IndexOf('}', StringComparison.Ordinal)];
        }
    }

    [Fact]
    public void Colours_come_from_the_tokens()
    {
        foreach ((string name, string text) in PageFiles.Own.Where(file => file.Name.EndsWith(".js", StringComparison.Ordinal)))
            Assert.False(Regex.IsMatch(text, @"'#[0-9a-fA-F]{3,8}'|\brgb\("), name);
    }

    /// <summary>A column without a width is as wide as the longest word in it.</summary>
    [Fact]
    public void A_grid_says_how_wide_its_columns_are()
    {
        foreach ((string name, string text) in PageFiles.Own.Where(file => file.Name.EndsWith(".css", StringComparison.Ordinal)))
        {
            foreach (Match rule in Regex.Matches(text, @"[^{}]*\{[^{}]*\}"))
                Assert.False(rule.Value.Contains("display: grid", StringComparison.Ordinal) && !rule.Value.Contains("grid-template", StringComparison.Ordinal), $"{name}: {rule.Value.Trim()}");
        }
    }

    /// <summary>An account's state <c>empty</c> or <c>waiting</c>, or a log's level <c>warn</c>, would put on the component of that name.</summary>
    [Fact]
    public void No_class_is_made_of_data()
    {
        string[] ofOurOwn = ["kind", "extra", "id", "name", "classOf(column)", "urgency(window)", "stateKind(state) || 'muted'", "kinds[line[0]] ?? ''", "PILLS[state.value]"];
        foreach ((string name, string text) in PageFiles.Own.Where(file => file.Name.EndsWith(".js", StringComparison.Ordinal)))
        {
            foreach (Match attribute in Regex.Matches(text, @"\bclass=(?:""[^""]*""|\$\{[^}]*\})"))
            {
                foreach (Match part in Regex.Matches(attribute.Value, @"\$\{([^}]*)\}"))
                {
                    // A choice between written words is none.
                    string made = part.Groups[1].Value;
                    Assert.True(ofOurOwn.Contains(made) || Regex.IsMatch(made, @"^[^?]* \? (?:'[^']*'|null) : (?:[^?']* \? '[^']*' : )?(?:'[^']*'|null)$"), $"{name}: a class from {made}");
                }
            }
        }
    }

    [Fact]
    public void Modules_stay_small()
    {
        foreach ((string name, string text) in PageFiles.Own.Where(file => file.Name.EndsWith(".js", StringComparison.Ordinal) && file.Name != "texts.js"))
            Assert.True(text.Count(character => character == '\n') <= 300, $"{name} is longer than 300 lines");
    }

    [Theory]
    [InlineData(".br")]
    [InlineData(".gz")]
    public void The_whole_page_is_at_most_250_kilobytes_packed(string ending)
    {
        Assembly program = typeof(ProxyHost).Assembly;
        string[] names = [.. program.GetManifestResourceNames().Where(name => name.StartsWith("dashboard/", StringComparison.Ordinal) && name.EndsWith(ending, StringComparison.Ordinal))];
        Assert.Equal(PageFiles.Served.Select(file => $"dashboard/{file}{ending}"), names.Order(StringComparer.Ordinal));

        long size = names.Sum(name => program.GetManifestResourceStream(name)!.Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{names.Length} files, {size:N0} bytes");
        Assert.InRange(size, 1, 250_000);
    }

    private static string Resolve(string from, string import)
    {
        var steps = new List<string>(from.Split('/')[..^1]);
        foreach (string step in import.Split('/'))
        {
            if (step == "..") steps.RemoveAt(steps.Count - 1);
            else if (step != ".") steps.Add(step);
        }

        return string.Join('/', steps);
    }
}
