using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CodexClaudeProxy.Json;

namespace CodexClaudeProxy.Accounts.Tokens;

/// <summary>Asks <c>/oauth/token</c> for new tokens.</summary>
/// <param name="ClientId">The official client's.</param>
/// <param name="GrantType">Always <c>refresh_token</c>.</param>
/// <param name="RefreshToken">It is spent with this request.</param>
/// <param name="RefreshReason"><c>proactive_expiry</c>, <c>scheduled</c>, <c>unauthorized_recovery</c> or <c>forced</c>.</param>
internal sealed record TokenRefresh(string ClientId, string GrantType, string RefreshToken, string RefreshReason)
{
    public override string ToString() => RefreshReason;
}

/// <summary>Asks <c>/oauth/revoke</c> to end a sign-in.</summary>
/// <param name="Token">The refresh token.</param>
/// <param name="TokenTypeHint">Always <c>refresh_token</c>.</param>
/// <param name="ClientId">The official client's.</param>
internal sealed record TokenRevocation(string Token, string TokenTypeHint, string ClientId)
{
    public override string ToString() => TokenTypeHint;
}

/// <summary>What <c>/oauth/token</c> answers.</summary>
internal sealed record TokenReply
{
    public string? AccessToken { get; init; }

    /// <summary>Null when the old one stays.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>Null when the old one stays.</summary>
    public string? IdToken { get; init; }

    /// <summary>Seconds until the access token's end.</summary>
    public double? ExpiresIn { get; init; }

    public override string ToString() => "tokens";
}

/// <summary>Why the issuer or the backend refused, in any of their spellings.</summary>
internal sealed record ForeignRefusal
{
    [JsonConverter(typeof(ForeignErrorConverter))]
    public ForeignError? Error { get; init; }

    public string? ErrorDescription { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    [JsonConverter(typeof(ForeignErrorConverter))]
    public ForeignError? Detail { get; init; }
}

/// <summary>An error that is an object, or a word alone.</summary>
/// <param name="Code">Its code, in an object.</param>
/// <param name="Message">For people, in an object.</param>
internal sealed record ForeignError(string? Code, string? Message)
{
    /// <summary>The word that is all of the error; null for an object.</summary>
    [JsonIgnore]
    public string? Word { get; init; }
}

/// <summary>What a token says about its owner, see <see cref="TokenClaims"/>.</summary>
internal sealed record TokenPayload
{
    public string? Email { get; init; }

    [JsonPropertyName("https://api.openai.com/profile"), JsonConverter(typeof(LenientObject<TokenProfile>))]
    public TokenProfile? Profile { get; init; }

    [JsonPropertyName("https://api.openai.com/auth"), JsonConverter(typeof(LenientObject<TokenAuth>))]
    public TokenAuth? Auth { get; init; }

    /// <summary>When it was issued, in seconds since 1970.</summary>
    public double? Iat { get; init; }

    /// <summary>When it ends, in seconds since 1970.</summary>
    public double? Exp { get; init; }
}

/// <param name="Email">The owner's e-mail address, where the token itself has none.</param>
internal sealed record TokenProfile(string? Email);

/// <param name="ChatgptAccountId">The workspace.</param>
/// <param name="ChatgptUserId">The person.</param>
/// <param name="ChatgptPlanType">Such as <c>plus</c>.</param>
/// <param name="ChatgptAccountIsFedramp">The workspace wants the routes of the US government.</param>
internal sealed record TokenAuth(string? ChatgptAccountId, string? ChatgptUserId, string? ChatgptPlanType, bool? ChatgptAccountIsFedramp);

/// <summary>What Codex keeps in its file, as far as it concerns us. Members we do not know survive a change: it is made in the tree.</summary>
internal sealed record AuthJson
{
    /// <summary><c>chatgpt</c> or <c>apikey</c>; null in older files.</summary>
    public string? AuthMode { get; init; }

    [JsonPropertyName("OPENAI_API_KEY")]
    public string? ApiKey { get; init; }

    [JsonConverter(typeof(LenientObject<AuthTokens>))]
    public AuthTokens? Tokens { get; init; }

    public override string ToString() => AuthMode ?? "";
}

/// <summary>The tokens of a ChatGPT sign-in.</summary>
internal sealed record AuthTokens
{
    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public string? IdToken { get; init; }

    /// <summary>The workspace.</summary>
    public string? AccountId { get; init; }

    public override string ToString() => AccountId ?? "";
}

/// <summary>An object or a word; anything else is null.</summary>
internal sealed class ForeignErrorConverter : JsonConverter<ForeignError>
{
    public override ForeignError? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var contract = (JsonTypeInfo<ForeignError>)options.GetTypeInfo(typeof(ForeignError));
        if (reader.TokenType == JsonTokenType.StartObject) return JsonSerializer.Deserialize(ref reader, contract);
        if (reader.TokenType == JsonTokenType.String) return reader.GetString() is { Length: > 0 } word ? new ForeignError(null, null) { Word = word } : null;
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, ForeignError value, JsonSerializerOptions options) => throw new NotSupportedException();
}
