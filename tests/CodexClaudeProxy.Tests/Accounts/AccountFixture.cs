using System.Text;
using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.Accounts.Tokens;
using CodexClaudeProxy.Files;
using Microsoft.Extensions.Logging;

namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>A data directory of its own with a store on it, and everything it logged.</summary>
internal sealed class AccountFixture : IDisposable
{
    public AccountFixture(TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Root = Directory.CreateTempSubdirectory("ccp-accounts-").FullName;
        Data = new DataDirectory(Path.Combine(Root, "data"));
        Store = NewStore();
    }

    public TimeProvider Time { get; }

    public string Root { get; }

    public DataDirectory Data { get; }

    public AccountStore Store { get; }

    public RecordedLogs Logs { get; } = new();

    /// <summary>A second store on the same directory, as another process would have.</summary>
    public AccountStore NewStore() => new(Data, Time, Logs.CreateLogger<AccountStore>());

    public void WriteAccounts(string json)
    {
        Directory.CreateDirectory(Data.Root);
        File.WriteAllText(Data.Accounts, json);
    }

    public JsonElement ReadAccounts() => JsonDocument.Parse(File.ReadAllBytes(Data.Accounts)).RootElement;

    public Task<Account> AddAsync(string email, string accountId, DateTimeOffset? expires = null, string? source = null) =>
        Store.UpdateAsync(document => document.Upsert(Tokens(email, accountId, expires ?? Time.GetUtcNow().AddDays(10)), email, source, Time.GetUtcNow()), default);

    public TokenSet Tokens(string email, string accountId, DateTimeOffset expires, string plan = "plus", string refresh = "rt")
    {
        string access = Jwt(email, accountId, plan, Time.GetUtcNow(), expires);
        return new TokenSet { AccessToken = access, RefreshToken = $"{refresh}_{email}_{accountId}", IdToken = access, AccountId = accountId };
    }

    public static string Jwt(string email, string accountId, string plan, DateTimeOffset issued, DateTimeOffset expires)
    {
        string payload = $$$"""
            {"email":"{{{email}}}","iat":{{{issued.ToUnixTimeSeconds()}}},"exp":{{{expires.ToUnixTimeSeconds()}}},
             "https://api.openai.com/auth":{"chatgpt_account_id":"{{{accountId}}}","chatgpt_plan_type":"{{{plan}}}"}}
            """;
        return $"eyJhbGciOiJub25lIn0.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.sig{Guid.NewGuid():N}";
    }

    public void Dispose()
    {
        Store.Dispose();
        BusyFile.DeleteDirectory(Root);
    }
}

/// <summary>Keeps every log line with its arguments.</summary>
internal sealed class RecordedLogs : ILoggerFactory
{
    private readonly List<string> _lines = [];

    public string Text
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose() { }

    private sealed class Recorder(RecordedLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (logs._lines) logs._lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }
}
