using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Tools;

/// <summary>
/// Tools Anthropic defines and the client carries out: the request names only their type, the model here needs the whole
/// definition, with exactly the names and inputs the client understands.
/// </summary>
internal static class ClientTools
{
    private const string Bash = """{"type":"object","properties":{"command":{"type":"string"},"restart":{"type":"boolean"}}}""";

    private const string EditorOperands =
        """
        "path":{"type":"string"},"file_text":{"type":"string"},"old_str":{"type":"string"},"new_str":{"type":"string"},"insert_line":{"type":"integer"},"view_range":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}
        """;

    private const string OldEditor =
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","undo_edit"]},""" +
        EditorOperands + """},"required":["command","path"]}""";

    private const string Editor =
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},""" +
        EditorOperands + ""","insert_text":{"type":"string"}},"required":["command","path"]}""";

    private const string Memory =
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},""" +
        EditorOperands + ""","insert_text":{"type":"string"},"old_path":{"type":"string"},"new_path":{"type":"string"}},"required":["command"]}""";

    private const string FirstComputerActions =
        "\"key\",\"type\",\"mouse_move\",\"left_click\",\"left_click_drag\",\"right_click\",\"middle_click\",\"double_click\",\"screenshot\",\"cursor_position\"";

    private const string LaterComputerActions =
        FirstComputerActions + ",\"left_mouse_down\",\"left_mouse_up\",\"scroll\",\"hold_key\",\"wait\",\"triple_click\"";

    private const string Point = """{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}""";

    private const string LaterOperands =
        $$""","start_coordinate":{{Point}},"duration":{"type":"number"},"scroll_direction":{"type":"string","enum":["up","down","left","right"]},"scroll_amount":{"type":"integer"}""";

    private const string ZoomOperand = ""","region":{"type":"array","items":{"type":"integer"},"minItems":4,"maxItems":4}""";

    /// <summary>The function that stands for a tool of this type, or null when the type is none of these.</summary>
    public static Tool? Find(JsonElement tool, string type) => type switch
    {
        "bash_20241022" or "bash_20250124" => Make(tool, "bash", Bash,
            "Runs a command in a persistent shell session. Set restart to true to start the session anew."),
        "text_editor_20241022" or "text_editor_20250124" => Make(tool, "str_replace_editor", OldEditor,
            "Views, creates and edits files. str_replace needs old_str to occur exactly once; insert puts new_str behind insert_line."),
        "text_editor_20250429" or "text_editor_20250728" => Make(tool, "str_replace_based_edit_tool", Editor,
            "Views, creates and edits files. str_replace needs old_str to occur exactly once; insert puts insert_text behind insert_line." + ViewLimit(tool)),
        "memory_20250818" => Make(tool, "memory", Memory,
            "Keeps notes across conversations as files below /memories. Look there before starting to work."),
        "computer_20241022" => Make(tool, "computer", Computer(FirstComputerActions, ""), ComputerDescription(tool)),
        "computer_20250124" => Make(tool, "computer", Computer(LaterComputerActions, LaterOperands), ComputerDescription(tool)),
        "computer_20251124" when tool.IsTrue("enable_zoom"u8) =>
            Make(tool, "computer", Computer(LaterComputerActions + ",\"zoom\"", LaterOperands + ZoomOperand), ComputerDescription(tool)),
        "computer_20251124" => Make(tool, "computer", Computer(LaterComputerActions, LaterOperands), ComputerDescription(tool)),
        _ => null,
    };

    private static Tool Make(JsonElement tool, string name, string parameters, string description) =>
        new(name, tool) { Parameters = parameters, Description = description };

    private static string Computer(string actions, string operands) =>
        $$$"""{"type":"object","properties":{"action":{"type":"string","enum":[{{{actions}}}]},"coordinate":{{{Point}}},"text":{"type":"string"}{{{operands}}}},"required":["action"]}""";

    private static string ComputerDescription(JsonElement tool) =>
        "Controls the mouse and keyboard of a computer and takes screenshots of it." + Screen(tool);

    private static string Screen(JsonElement tool) =>
        tool.Member("display_width_px"u8) is { ValueKind: JsonValueKind.Number } width &&
        tool.Member("display_height_px"u8) is { ValueKind: JsonValueKind.Number } height
            ? $" Screen: {width.GetRawText()}x{height.GetRawText()} px"
            : "";

    private static string ViewLimit(JsonElement tool) =>
        tool.Member("max_characters"u8) is { ValueKind: JsonValueKind.Number } limit ? $" A view shows at most {limit.GetRawText()} characters." : "";
}
