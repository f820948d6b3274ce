using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Demo;

/// <summary>What the simulated model does in one turn: it thinks, and then it writes, searches or calls one tool.</summary>
internal sealed record SimulatedAnswer(string Thought)
{
    public string Text { get; init; } = "";

    /// <summary>Written before <see cref="Text"/> is.</summary>
    public string? Search { get; init; }

    public string? Tool { get; init; }

    public JsonNode? Arguments { get; init; }
}

/// <summary>
/// Stands in for a model. It understands a handful of wishes: to list files, to read one, to run a command given in backticks;
/// it looks at what the tool returned and tells about it. To everything else it answers what became of the request.
/// </summary>
internal static partial class SimulatedModel
{
    /// <summary>Longer messages are instructions, such as those for a summary, that happen to speak of files.</summary>
    private const int LongestWish = 500;

    public const string SearchText = "This is a **simulated** search: no page was looked at. A real answer would tell what was found, with links to its sources.";

    /// <summary>A command that reads and writes nothing, and that a coding client still wants judged before it runs it.</summary>
    public const string HarmlessCommand = "sh -c 'printf simulated-%s command'";

    /// <summary>What that command prints.</summary>
    public const string HarmlessOutput = "simulated-command";

    private const string LimitWish = "simulate a limit";

    private const int LongestQuote = 240;
    private const int MostLines = 8;

    public static bool WantsLimit(SimulatedRequest request) => request.Prompt.Contains(LimitWish, StringComparison.OrdinalIgnoreCase);

    public static SimulatedAnswer Answer(SimulatedRequest request, string account, int cachedTokens)
    {
        if (request.Schema.ValueKind == JsonValueKind.Object)
        {
            return new SimulatedAnswer("The client laid down the shape of the answer.") { Text = (SampleValue.Of(request.Schema) ?? new JsonObject()).ToJsonString() };
        }

        // A coding client asks whether an action is safe. Nothing here can judge that, so it is not, but for the one command that is known.
        if (request.Tools.Count == 0 && request.Instructions.Any(text => text.Contains("<block>", StringComparison.Ordinal)))
        {
            return new SimulatedAnswer("A simulated model cannot judge safety.") { Text = request.AsksAbout(HarmlessCommand) ? "<block>no</block>" : "<block>yes</block>" };
        }

        if (request.ForcedTool is { ValueKind: JsonValueKind.Object } forced)
        {
            string name = forced.Text("name")!;
            return new SimulatedAnswer($"The client wants a call of {name}.") { Tool = name, Arguments = SampleValue.Of(forced.Member("parameters")) };
        }

        if (request.HasHostedSearch && (request.MustCall || SearchWish().IsMatch(request.Prompt))) return Search(request);
        if (request.Results.Count > 0) return Report(request.Results);
        return Wish(request) ?? Chat(request, account, cachedTokens);
    }

    private static SimulatedAnswer? Wish(SimulatedRequest request)
    {
        if (!request.MayCall || request.Prompt.Length > LongestWish) return null;
        if (request.Offers("Bash") && CommandWish().Match(request.Prompt) is { Success: true } command)
        {
            return Bash("The user wants a command to be run.", command.Groups["command"].Value, "Run the user's command");
        }

        if (FileWish().Match(request.Prompt) is { Success: true } file)
        {
            string path = file.Groups["path"].Value;
            string? absolute = path.StartsWith('/') ? path : WorkingDirectory(request) is { } directory ? $"{directory}/{path}" : null;
            if (request.Offers("Read") && absolute is not null)
            {
                return new SimulatedAnswer($"The user wants to know about {path}, so I read it.") { Tool = "Read", Arguments = new JsonObject { ["file_path"] = absolute } };
            }

            if (request.Offers("Bash")) return Bash($"The user wants to know about {path}, so I look into it.", $"head -n 60 -- {path}", $"Read {path}");
        }

        return request.Offers("Bash") && ListWish().IsMatch(request.Prompt)
            ? Bash("The user asks for files, so I list them.", "ls -la", "List the files here")
            : null;
    }

    private static SimulatedAnswer Bash(string thought, string command, string description) => new(thought)
    {
        Tool = "Bash",
        Arguments = new JsonObject { ["command"] = command, ["description"] = $"{description} (simulated)" },
    };

    private static SimulatedAnswer Search(SimulatedRequest request) => new("I search the simulated web.")
    {
        Search = Shortened(request.Prompt, LongestQuote),
        Text = SearchText,
    };

    private static SimulatedAnswer Report(IReadOnlyList<SimulatedResult> results)
    {
        SimulatedResult last = results[^1];
        string[] lines = last.Output.Split('\n');
        string more = lines.Length > MostLines ? $"\n… and {lines.Length - MostLines} more" : "";
        string count = lines is [""] ? "nothing" : lines.Length == 1 ? "one line" : $"{lines.Length} lines";
        return new SimulatedAnswer($"The result of {last.Tool} is here; I summarise it.")
        {
            Text = $"""
                `{last.Tool}` returned {count}:

                ```
                {string.Join('\n', lines.Take(MostLines).Select(line => Shortened(line.TrimEnd(), 120)))}{more}
                ```

                That was a complete tool loop: your client ran the tool, the proxy carried the call and its result, and this answer is **simulated**. A real model would now go on with the task.
                """,
        };
    }

    private static SimulatedAnswer Chat(SimulatedRequest request, string account, int cachedTokens)
    {
        string effort = request.Effort is { } word ? $" with effort {word}" : "";
        string input = request.InputTokens.ToString("N0", CultureInfo.InvariantCulture);
        string cached = cachedTokens.ToString("N0", CultureInfo.InvariantCulture);
        string code = CodeWish().IsMatch(request.Prompt)
            ? """


                This is what code looks like:

                ```python
                def greet(name: str) -> str:
                    return f"Hello, {name}. This greeting is simulated."
                ```
                """
            : "";
        string limit = WantsLimit(request)
            ? "\n\nAs requested, another account has reached its simulated limit; it resets after two minutes. The proxy has moved your request to this account (failover)."
            : "";
        string wishes = request.Offers("Bash")
            ? "Ask me to list the files here, to read README.md or to run a command in backticks, and I use your tools. "
            : "";
        return new SimulatedAnswer("The user wrote a message. I am simulated, so I describe how the message was handled.")
        {
            Text = $"""
                This is a **simulated** answer: the proxy runs in demo mode, no model has read your message, and nothing was sent from this machine. You wrote:

                > {Shortened(request.Prompt, LongestQuote)}

                The conversion in both directions is real. Your request was converted for `{request.Model}`{effort} and sent with the account {account}; this text returns as a stream of upstream events, word by word.{limit}{code}

                - Messages from you in this conversation: {request.UserMessages}
                - Input: {input} tokens, {cached} of them from the simulated prompt cache

                {wishes}Write `{LimitWish}` to see the failover to another account.
                """,
        };
    }

    private static string? WorkingDirectory(SimulatedRequest request) =>
        request.Instructions.Select(text => DirectoryLine().Match(text)).FirstOrDefault(match => match.Success)?.Groups["path"].Value.TrimEnd('/');

    private static string Shortened(string text, int most)
    {
        text = text.ReplaceLineEndings(" ");
        if (text.Length <= most) return text;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");
    }

    [GeneratedRegex(@"\b(run|execute|try)\b[^`]*`(?<command>[^`\n]+)`", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex CommandWish();

    /// <summary>Only characters that mean nothing to a shell can be part of the path.</summary>
    [GeneratedRegex(@"\b(read|show|open|explain|summari[sz]e|look (at|into)|what is in)\b.*?(?<path>(/|\b)[\w./-]+\.\w{1,8})\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex FileWish();

    [GeneratedRegex(@"\b(list|ls|files?|folder|directory)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ListWish();

    [GeneratedRegex(@"\b(search|look up|latest|news)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SearchWish();

    [GeneratedRegex(@"\b(code|function|script|program)\b", RegexOptions.IgnoreCase)]
    private static partial Regex CodeWish();

    [GeneratedRegex(@"\bworking directory:\s*(?<path>/[^\s<]*)", RegexOptions.IgnoreCase)]
    private static partial Regex DirectoryLine();
}
