using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Endpoints;
using static CodexClaudeProxy.Scripts.Api.Operation;

namespace CodexClaudeProxy.Scripts.Api.Topics;

/// <summary>Our settings, and Claude Code's.</summary>
internal static class SettingTopics
{
    private const string Wrong = "A member is not what it must be; nothing is changed.";
    private const string Trouble = "The file cannot be read or changed.";

    public static readonly Topic Settings = new(
        "Settings",
        "A change counts from the next request on. What each setting does is in [Configuration](CONFIGURATION.md#settings).",
        Get("/api/settings", "Shows all settings and what each may be.").Answers(EndpointsContext.Default.SettingsReply, "The settings.").Try(),
        Patch("/api/settings", "Changes settings.").Also("All members are checked before the first is changed.")
            .TakesFree("SettingsChange").Answers(EndpointsContext.Default.SettingsReply, "The settings after the change.").Refuses(400, Wrong)
            .Try(body: """{"accountStrategy":"most-remaining","holdSeconds":5}""").Try(body: """{"holdSeconds":0}"""),
        Get("/settings/account-strategy", "Tells how a new conversation gets its account.").Answers(EndpointsContext.Default.AccountStrategyReply, "The strategy.").Try(),
        Post("/settings/account-strategy", "Sets how a new conversation gets its account.")
            .Takes(EndpointsContext.Default.AccountStrategyRequest, "accountStrategy").Answers(EndpointsContext.Default.AccountStrategyReply, "The strategy after the change.").Refuses(400, Wrong)
            .Try(body: """{"accountStrategy":"round-robin"}"""),
        Get("/settings/models", "Shows your own model names, and what each name stands for.").Answers(EndpointsContext.Default.ModelMappingsReply, "The names.").Try(),
        Post("/settings/models", "Changes your own model names.")
            .Takes(EndpointsContext.Default.ModelMappingsRequest).Answers(EndpointsContext.Default.ModelMappingsReply, "The names after the change.").Refuses(400, Wrong)
            .Try(body: """{"set":{"fast":"gpt-5.5-low"}}"""),
        Get("/settings/haiku-model", "Tells which free model of the Kilo gateway serves haiku requests.").Answers(EndpointsContext.Default.HaikuModelReply, "The model.").Try(),
        Post("/settings/haiku-model", "Sets which free model of the Kilo gateway serves haiku requests.")
            .Takes(EndpointsContext.Default.HaikuModelRequest, "haikuKiloModel?").Answers(EndpointsContext.Default.HaikuModelReply, "The model after the change.").Refuses(400, "It is no free model.")
            .Try(body: """{"haikuKiloModel":"codex"}"""),
        Get("/settings/kilo-models", "Lists the free models of the Kilo gateway.").Answers(EndpointsContext.Default.KiloModelsReply, "The models.").Try());

    public static readonly Topic ClaudeCode = new(
        "Claude Code",
        """
        Shows Claude Code's settings file and changes it. Only the members that concern this proxy are touched; all others, comments and layout stay. Every
        change can be tried first with `dryRun`, keeps a copy of the file, and can be taken back. Keys are masked in all answers.
        """,
        Get("/claude/config", "Shows Claude Code's settings and what is in the way.").Lanes()
            .Answers(ClaudeCodeContext.Default.ClaudeReport, "The settings.").Try(),
        Post("/claude/config/proxy", "Points Claude Code to this proxy.").Takes(EndpointsContext.Default.ClaudeProxyRequest).Change()
            .Try(body: """{"models":{"opus":"gpt-5.5-high"},"dryRun":true}""").Try(body: """{"models":{"opus":"gpt-5.5-high"}}"""),
        Post("/claude/config/restore", "Takes our changes back.").Takes(EndpointsContext.Default.ClaudeRestoreRequest).Change().Try(body: """{"dryRun":false}"""),
        Post("/claude/config/direct", "Points Claude Code to Anthropic.").Takes(EndpointsContext.Default.ClaudeDirectRequest).Change().Try(body: """{"dryRun":true}"""),
        Post("/claude/config/set", "Points Claude Code to any other address.").Takes(EndpointsContext.Default.ClaudeAddressRequest, "apiUrl", "apiKey").Change()
            .Try(body: """{"apiUrl":"https://llm.example.com","apiKey":"the-key","dryRun":true}"""),
        Get("/claude/environment", "Lists the environment variables that point Claude Code to this proxy, as text for several shells.").Lanes()
            .Flag("disableNonessentialTraffic", "`true` adds the variable that keeps Claude Code from telemetry and updates.")
            .Answers(ClaudeCodeContext.Default.ClientSetupReport, "The variables.").Try());

    private static Operation Lanes(this Operation operation) => ((string[])["default", "opus", "sonnet", "haiku", "fable"])
        .Aggregate(operation, (described, lane) => described.Query(lane, $"The model for `{lane}`; our own choice by default."));

    private static Operation Change(this Operation operation) => operation
        .Answers(ClaudeCodeContext.Default.ClaudeChange, "What changed, or would change.").Refuses(400, Wrong)
        .Answers(ClaudeCodeContext.Default.ClaudeFailure, Trouble, 500);
}
