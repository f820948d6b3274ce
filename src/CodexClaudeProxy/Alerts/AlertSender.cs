using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Alerts;

/// <summary>What came of a delivery.</summary>
/// <param name="Error">Why it failed, without addresses; null when it did not.</param>
/// <param name="IsRefusal">The receiver does not take this very alert, now or later.</param>
internal sealed record SendResult(string? Error, bool IsRefusal = false)
{
    public static readonly SendResult Delivered = new(null, false);

    public bool IsDelivered => Error is null;
}

/// <summary>
/// Sends one alert over one channel: three tries within ten seconds, again only after what may pass by itself. Redirects are not followed, and nothing of a
/// receiver's answer is told but its status.
/// </summary>
internal sealed class AlertSender(HttpMessageInvoker http, string userAgent, TimeProvider time)
{
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    public const string SignatureHeader = "x-ccp-signature";
    public const string TimestampHeader = "x-ccp-timestamp";

    private const int MostTries = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>Runs programs for the channels without an address.</summary>
    public AlertPrograms Programs { get; init; } = new();

    public async Task<SendResult> SendAsync(AlertChannel channel, Alert alert, AlertBodies bodies, CancellationToken ct)
    {
        if (channel.Problem() is var (member, message)) return new SendResult($"{member} {message}");
        using CancellationTokenSource budget = new(Budget, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, budget.Token);
        try
        {
            byte[] body = bodies.Of(alert, channel);
            return channel.Kind switch
            {
                ChannelKind.Command => await AlertPrograms.RunAsync(channel.Command!, body, limit.Token),
                ChannelKind.Desktop => await Programs.ShowAsync(bodies.TextOf(alert, channel), limit.Token),
                _ => await PostAsync(channel, body, limit.Token),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new SendResult("it took longer than 10 seconds");
        }
    }

    private async Task<SendResult> PostAsync(AlertChannel channel, byte[] body, CancellationToken limit)
    {
        DateTimeOffset end = time.GetUtcNow() + Budget;
        SendResult result = SendResult.Delivered;
        TimeSpan pause = FirstPause;
        for (int tries = 1; ; tries++, pause *= 2)
        {
            TimeSpan? after = null;
            try
            {
                using HttpRequestMessage request = Request(channel, body);
                using HttpResponseMessage response = await http.SendAsync(request, limit);
                if (response.IsSuccessStatusCode) return SendResult.Delivered;
                result = Judge(response.StatusCode);
                if (response.StatusCode != HttpStatusCode.TooManyRequests && (int)response.StatusCode < 500) return result;
                after = After(response.Headers.RetryAfter);
            }
            catch (HttpRequestException e)
            {
                result = new SendResult(WhyOf(e));
                if (e.HttpRequestError == HttpRequestError.SecureConnectionError) return result;
            }

            // A receiver that wants to be left in peace for longer gets it with the next delivery.
            TimeSpan wait = after > pause ? after.Value : pause;
            if (tries == MostTries || time.GetUtcNow() + wait >= end) return result;
            await Task.Delay(wait, time, limit);
        }
    }

    private HttpRequestMessage Request(AlertChannel channel, byte[] body)
    {
        var url = new Uri(channel.Url!);
        var request = new HttpRequestMessage(HttpMethod.Post, channel.Kind == ChannelKind.Ntfy ? AlertAddress.ServerOf(url) : url) { Content = new ByteArrayContent(body) };
        OutboundRoute.Shared.ApplyTo(request);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("user-agent", userAgent);
        if (channel.Authorization is { } authorization) request.Headers.TryAddWithoutValidation("authorization", authorization);
        if (channel.Secret is not { } secret) return request;
        string timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation(TimestampHeader, timestamp);
        request.Headers.TryAddWithoutValidation(SignatureHeader, $"sha256={Sign(secret, timestamp, body)}");
        return request;
    }

    /// <summary>The time is part of what is signed: a request that somebody kept is too old later.</summary>
    private static string Sign(string secret, string timestamp, byte[] body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes(timestamp), (byte)'.', .. body]));

    private static SendResult Judge(HttpStatusCode status) => (int)status switch
    {
        >= 300 and < 400 => new SendResult($"the address leads elsewhere ({(int)status}), and redirects are not followed"),
        // The alert and not the way is wrong: others may still arrive.
        400 or 413 or 422 => new SendResult($"it was refused with status {(int)status}", IsRefusal: true),
        var other => new SendResult($"the receiver responded with status {other}"),
    };

    private TimeSpan? After(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);

    /// <summary>The message of the exception itself would name the host and the port, and with some addresses more.</summary>
    private static string WhyOf(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the host was not found",
        HttpRequestError.ConnectionError => "the host could not be reached",
        HttpRequestError.SecureConnectionError => "no secure connection to the host was possible",
        HttpRequestError.ProxyTunnelError => "the proxy made no connection to the host",
        _ => "the connection broke",
    };
}
