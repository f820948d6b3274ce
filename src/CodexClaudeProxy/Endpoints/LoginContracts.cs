using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using CodexClaudeProxy.Json;
using CodexClaudeProxy.Login;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Endpoints;

/// <summary>How to sign in with a browser.</summary>
/// <param name="Port">Where the browser shall come back to, instead of the usual ports; null for those.</param>
/// <param name="Proxy">What everything of the account goes through, from the sign-in on, such as <c>socks5://user:password@host:1080</c> or <c>direct</c>; null for the environment's, or that of <paramref name="Account"/>.</param>
/// <param name="Account">The account that signs in again, through its own proxy; null when it is new.</param>
/// <param name="Listen">False when the browser is on another machine and its last address will be pasted; true by default.</param>
internal sealed record BrowserLoginRequest(
    [property: Description("a number from 1024 to 65535")] int? Port,
    [property: Description("true or false"), JsonConverter(typeof(LenientFlag))] bool? Listen,
    [property: Description(LoginRules.Proxy)] string? Proxy,
    [property: Description(LoginRules.Account)] string? Account)
{
    /// <summary>The proxy may hold a password.</summary>
    public override string ToString() => "browser login";
}

/// <summary>How to sign in with a code, or import a sign-in.</summary>
/// <param name="Proxy">What everything of the account goes through, from its first request on, such as <c>socks5://user:password@host:1080</c> or <c>direct</c>; null for the environment's, or that of <paramref name="Account"/>.</param>
/// <param name="Account">The account that signs in again, through its own proxy; null when it is new.</param>
internal sealed record OtherLoginRequest(
    [property: Description(LoginRules.Proxy)] string? Proxy,
    [property: Description(LoginRules.Account)] string? Account)
{
    /// <summary>The proxy may hold a password.</summary>
    public override string ToString() => "login";
}

/// <summary>What members of several requests must be.</summary>
internal static class LoginRules
{
    public const string Proxy = AccountProxy.Wanted;
    public const string Account = "an account's e-mail address, id, account id or label";
}

/// <summary>A sign-in that waits for a browser.</summary>
/// <param name="Status"><c>oauth_url</c>, or <c>error</c> when no callback port could be opened: then the address can still be opened and the final address pasted.</param>
/// <param name="Error">What failed; absent otherwise.</param>
/// <param name="Message">The problem and its fix; absent when nothing failed.</param>
/// <param name="OauthUrl">The address for the browser.</param>
/// <param name="Verifier">As <paramref name="Login"/>; the real verifier stays here.</param>
/// <param name="State">The state of the address.</param>
/// <param name="CallbackPort">Where the browser comes back to.</param>
/// <param name="Listening">Whether the callback port is open.</param>
/// <param name="Login">The session to ask about.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
internal sealed record BrowserLoginStart(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message,
    [property: JsonPropertyName("oauth_url")] string OauthUrl,
    string Verifier,
    string State,
    [property: JsonPropertyName("callback_port")] int CallbackPort,
    bool Listening,
    string Login,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt);

/// <summary>Finishes a sign-in by hand.</summary>
/// <param name="Code">The address the browser ended at, or the code in it.</param>
/// <param name="Login">The session; null for the one the address tells, else the only one that waits.</param>
/// <param name="Verifier">As <paramref name="Login"/>, in the original's word.</param>
internal sealed record PastedLogin(
    [property: Description("the address the browser ended at, or the code in it")] JsonElement Code,
    [property: Description("the session that POST /accounts/add returned"), JsonConverter(typeof(LenientText))] string? Login,
    [property: Description("the session that POST /accounts/add returned"), JsonConverter(typeof(LenientText))] string? Verifier)
{
    /// <summary>What was pasted; null when it is no text or an empty one.</summary>
    [JsonIgnore]
    public string? Text => Code.ValueKind == JsonValueKind.String && Code.GetString() is { Length: > 0 } text ? text : null;

    public override string ToString() => "pasted login";
}

/// <summary>A sign-in that waits for a code to be entered on another device.</summary>
/// <param name="Status">Always <c>device_code</c>.</param>
/// <param name="UserCode">What the person enters.</param>
/// <param name="VerificationUrl">Where.</param>
/// <param name="Interval">Seconds between two looks at the issuer.</param>
/// <param name="Login">The session to ask about.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
internal sealed record DeviceLoginStart(
    string Status,
    [property: JsonPropertyName("user_code")] string UserCode,
    [property: JsonPropertyName("verification_url")] string VerificationUrl,
    double Interval,
    string Login,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt);

/// <summary>Why a device login could not begin.</summary>
/// <param name="Status">Always <c>error</c>.</param>
/// <param name="Error">What failed.</param>
/// <param name="Message">The problem and its fix.</param>
internal sealed record DeviceLoginFailure(string Status, string Error, string Message);

/// <summary>How far a sign-in is.</summary>
/// <param name="Login">The session.</param>
/// <param name="Kind"><c>browser</c> or <c>device</c>.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Email">Who was signed in; null before.</param>
/// <param name="Account">The id of the account; null before.</param>
/// <param name="Message">For the person: why it failed, or that it succeeded; null when there is nothing to say.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
internal sealed record LoginState(
    string Login, string Kind, LoginStage Status, string? Email, string? Account, string? Message, [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt);
