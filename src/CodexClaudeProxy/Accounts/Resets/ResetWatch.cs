using System.Text.Json;
using CodexClaudeProxy.Accounts.Store;

namespace CodexClaudeProxy.Accounts.Resets;

/// <summary>Looks after redeemed resets, also those another process redeemed, until the usage shows them.</summary>
internal sealed class ResetWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly BackgroundLoop _rounds;

    public ResetWatch(BankedResets resets, TimeProvider time, ILogger<ResetWatch> logger) => _rounds = new BackgroundLoop(async ct =>
    {
        while (true)
        {
            await Task.Delay(Pause, time, ct);
            try
            {
                await resets.FollowUpAsync(ct);
            }
            catch (Exception e) when (AccountStore.IsTrouble(e) || e is JsonException)
            {
                Log.NotFollowedUp(logger, e.Message);
            }
        }
    });

    public ValueTask DisposeAsync() => _rounds.DisposeAsync();
}
