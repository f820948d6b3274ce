using System.Text.Json.Nodes;
using CodexClaudeProxy.Scripts.Api.Topics;

namespace CodexClaudeProxy.Scripts.Api;

/// <summary>The whole reference.</summary>
internal static class Reference
{
    public static IReadOnlyList<Topic> Topics { get; } =
    [
        ClientTopics.Anthropic, ClientTopics.OpenAi, ClientTopics.Models,
        AccountTopics.Accounts, AccountTopics.Quotas, AccountTopics.CodexClients, AccountTopics.SignIn,
        SettingTopics.Settings, KeyTopics.Keys, AlertTopics.Alerts, SettingTopics.ClaudeCode,
        ActivityTopics.Requests, ActivityTopics.Statistics, ActivityTopics.Log,
        ProgramTopics.Program,
    ];

    /// <summary>The files of the directory <c>docs</c> that are written here, with their names.</summary>
    public static IReadOnlyList<(string Name, string Text)> Files(JsonObject answers)
    {
        var schemas = new Schemas(new DocComments());
        string openApi = Json.Indented(new OpenApi(schemas).Document(Topics));
        return [("openapi.json", openApi), ("API.md", new Markdown(schemas, answers).Document(Topics))];
    }
}
