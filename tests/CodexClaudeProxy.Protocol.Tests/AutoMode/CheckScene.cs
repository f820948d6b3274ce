using System.Text.Json.Nodes;

namespace CodexClaudeProxy.Protocol.Tests.AutoMode;

/// <summary>Requests of a client in auto mode.</summary>
internal static class CheckScene
{
    public static JsonObject User(string text) => new()
    {
        ["role"] = "user",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
    };

    /// <param name="more">Members of the context, in place of those of the same name.</param>
    public static JsonObject Request(JsonArray messages, JsonObject? more = null)
    {
        var context = JsonNode.Parse("""
            {
              "v": 1, "permission_mode": "auto", "platform": "linux", "live_cwd": "/home/user/project", "home_dir": "/home/user",
              "trusted_directories": {
                "primary": {"path": "/home/user/project", "resolved": ["/home/user/project"]},
                "additional": [{"path": "/home/user/extra", "resolved": ["/home/user/extra"], "source": "cliArg"}], "network": []
              },
              "rules": {"allow": [], "deny": [], "ask": []},
              "auto_mode": {"allow": [], "soft_deny": [], "hard_deny": [], "environment": []}
            }
            """)!.AsObject();
        foreach (var (name, value) in more ?? []) context[name] = value?.DeepClone();
        return new JsonObject
        {
            ["model"] = "gpt-6.1-sol",
            ["max_tokens"] = 1000,
            ["messages"] = messages,
            ["safeguards"] = new JsonArray(new JsonObject { ["type"] = "dangerous_tool_use", ["classifier_context"] = context }),
        };
    }
}
