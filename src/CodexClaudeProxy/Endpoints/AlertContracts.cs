using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexClaudeProxy.Endpoints;

/// <summary>A channel to add, or what to change of one: members that are absent stay as they are.</summary>
/// <param name="Name">1 to 40 letters, digits, dots, dashes or underscores. Required for a new one.</param>
/// <param name="Kind"><c>webhook</c>, <c>ntfy</c>, <c>slack</c>, <c>discord</c> or <c>desktop</c>. For a new one it follows from the address where that tells it.</param>
/// <param name="Url">The address, for ntfy with the topic at its end, or the topic alone for the public server. One that is sent back as it was shown stays what it is.</param>
/// <param name="Authorization">The value of the header of that name; null for none. One that was set before is removed when the address gets another host.</param>
/// <param name="Secret">What a webhook is signed with; null for nothing.</param>
/// <param name="Events">The events it gets; null for the usual ones.</param>
/// <param name="IncludeEmail">Whether messages may have e-mail addresses in them.</param>
/// <param name="Command">Refused: a command cannot be set over HTTP.</param>
internal sealed record AlertChannelRequest(
    [property: Description("1 to 40 letters, digits, dots, dashes or underscores")] JsonElement Name,
    [property: Description("one of: webhook, ntfy, slack, discord, desktop")] JsonElement Kind,
    [property: Description("an https address")] JsonElement Url,
    [property: Description("the value of the header of that name, or null")] JsonElement Authorization,
    [property: Description("a text, or null")] JsonElement Secret,
    [property: Description("a list of events, or null")] JsonElement Events,
    [property: Description("true or false")] JsonElement IncludeEmail,
    [property: Description("absent: a command cannot be set over HTTP")] JsonElement Command)
{
    /// <summary>Members that are unknown.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The order to send a test.</summary>
/// <param name="Channel">The channel's name; null for all.</param>
internal sealed record AlertTestRequest([property: Description("the name of a channel, or null for all")] string? Channel);
