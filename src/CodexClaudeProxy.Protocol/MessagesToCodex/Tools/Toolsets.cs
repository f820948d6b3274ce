namespace CodexClaudeProxy.Protocol.MessagesToCodex.Tools;

/// <summary>Anthropic's toolsets: one entry of the request stands for many functions, which the client carries out.</summary>
internal static class Toolsets
{
    private const string Whole = """{"type":"integer"}""";
    private const string Text = """{"type":"string"}""";
    private const string Number = """{"type":"number"}""";
    private const string Point = """{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}""";
    private const string Region = """{"type":"array","items":{"type":"integer"},"minItems":4,"maxItems":4}""";
    private const string Direction = """{"type":"string","enum":["up","down","left","right"]}""";
    private const string Texts = """{"type":"array","items":{"type":"string"}}""";
    private const string Reference = """{"type":"object","properties":{"type":{"type":"string","enum":["ref"]},"ref":{"type":"string"}},"required":["type","ref"]}""";
    private const string Spot = """{"type":"object","properties":{"type":{"type":"string","enum":["coordinate"]},"x":{"type":"integer"},"y":{"type":"integer"}},"required":["type","x","y"]}""";
    private const string Target = "{\"anyOf\":[" + Reference + "," + Spot + "]}";
    private const string Tab = "tab_id?";

    private static readonly Tool[] Computer = Members("computer",
    [
        ("key", "Presses a key or a combination of keys.", [("text", Text), ("repeat?", Whole)]),
        ("hold_key", "Holds a key down for a number of seconds.", [("text", Text), ("duration", Number)]),
        ("type", "Types text.", [("text", Text)]),
        ("cursor_position", "Tells where the mouse pointer is.", []),
        ("mouse_move", "Moves the mouse pointer.", [("coordinate", Point)]),
        ("left_mouse_down", "Presses the left mouse button and keeps it down.", []),
        ("left_mouse_up", "Lets the left mouse button go.", []),
        .. Clicks("the screen", [("coordinate?", Point), ("text?", Text)]),
        ("left_click_drag", "Drags with the left mouse button.", [("start_coordinate", Point), ("coordinate", Point), ("text?", Text)]),
        ("scroll", "Turns the mouse wheel.", [("scroll_direction", Direction), ("scroll_amount", Whole), ("coordinate?", Point), ("text?", Text)]),
        ("wait", "Waits a number of seconds.", [("duration", Number)]),
        ("screenshot", "Takes a picture of the screen.", []),
        ("zoom", "Shows a region of the screen, given as left, top, right, bottom, in full resolution.", [("region", Region)]),
    ]);

    private static readonly Tool[] Browser = Members("browser",
    [
        ("navigate", "Opens an address.", [("url", Text), (Tab, Text)]),
        ("list_tabs", "Lists the open tabs.", [(Tab, Text)]),
        ("new_tab", "Opens a tab.", []),
        ("switch_tab", "Brings a tab to the front.", [("tab_id", Text)]),
        ("close_tab", "Closes a tab.", [("tab_id", Text)]),
        ("read_page", "Reads the elements of the page with their references.",
            [("depth?", Whole), ("filter?", """{"type":"string","enum":["all","interactive"]}"""), ("ref?", Text), (Tab, Text)]),
        ("get_page_text", "Reads the text of the page.", [(Tab, Text)]),
        ("read_console", "Reads the messages of the console.", [(Tab, Text)]),
        ("read_network", "Reads the network requests of the page.", [(Tab, Text)]),
        ("find", "Finds elements by a description.", [("query", Text), (Tab, Text)]),
        ("form_input", "Sets the value of a form element.",
            [("target", Reference), ("value", """{"type":["string","number","boolean"]}"""), (Tab, Text)]),
        ("file_upload", "Puts files into a file input.", [("target", Reference), ("paths?", Texts), ("document_ids?", Texts), (Tab, Text)]),
        ("scroll_to", "Scrolls until an element is visible.", [("target", Reference), (Tab, Text)]),
        ("screenshot", "Takes a picture of the page.", [(Tab, Text)]),
        ("zoom", "Shows a region of the page, given as left, top, right, bottom, in full resolution.", [("region", Region), (Tab, Text)]),
        .. Clicks("an element or a point", [("target", Target), ("modifiers?", Text), (Tab, Text)]),
        ("hover", "Moves the mouse pointer over an element or a point.", [("target", Target), (Tab, Text)]),
        ("left_click_drag", "Drags with the left mouse button.", [("from", Spot), ("target", Spot), (Tab, Text)]),
        ("left_mouse_down", "Presses the left mouse button and keeps it down.", [("target", Spot), (Tab, Text)]),
        ("left_mouse_up", "Lets the left mouse button go.", [("target", Spot), (Tab, Text)]),
        ("mouse_move", "Moves the mouse pointer.", [("target", Spot), (Tab, Text)]),
        ("scroll", "Turns the mouse wheel.", [("target", Spot), ("scroll_direction", Direction), ("scroll_amount?", Whole), (Tab, Text)]),
        ("type", "Types text.", [("text", Text), (Tab, Text)]),
        ("key", "Presses a key or a combination of keys.", [("text", Text), ("repeat?", Whole), (Tab, Text)]),
        ("hold_key", "Holds a key down for a number of seconds.", [("text", Text), ("duration", Number), (Tab, Text)]),
        ("wait", "Waits a number of seconds.", [("duration", Number), (Tab, Text)]),
        ("javascript_exec", "Runs JavaScript in the page.", [("text", Text), (Tab, Text)]),
    ]);

    /// <summary>The members of a toolset, whatever its date; null when the type is none.</summary>
    public static IReadOnlyList<Tool>? MembersOf(string type)
    {
        if (type.StartsWith("computer_toolset_", StringComparison.Ordinal)) return Computer;
        return type.StartsWith("browser_toolset_", StringComparison.Ordinal) ? Browser : null;
    }

    private static IEnumerable<(string, string, (string, string)[])> Clicks(string where, (string, string)[] inputs) =>
    [
        ("left_click", $"Clicks {where} with the left mouse button.", inputs),
        ("right_click", $"Clicks {where} with the right mouse button.", inputs),
        ("middle_click", $"Clicks {where} with the middle mouse button.", inputs),
        ("double_click", $"Clicks {where} twice.", inputs),
        ("triple_click", $"Clicks {where} three times.", inputs),
    ];

    private static Tool[] Members(string toolset, (string Name, string Description, (string, string)[] Inputs)[] members) =>
        Array.ConvertAll(members, member => new Tool(member.Name, default)
        {
            Toolset = toolset,
            Description = member.Description,
            Parameters = Schema(member.Inputs),
        });

    /// <summary>A question mark behind the name makes an input optional.</summary>
    private static string Schema((string Name, string Schema)[] inputs)
    {
        var properties = string.Join(',', inputs.Select(static input => $"\"{input.Name.TrimEnd('?')}\":{input.Schema}"));
        var required = string.Join(',', inputs.Where(static input => !input.Name.EndsWith('?')).Select(static input => $"\"{input.Name}\""));
        return "{\"type\":\"object\",\"properties\":{" + properties + (required.Length == 0 ? "}}" : "},\"required\":[" + required + "]}");
    }
}
