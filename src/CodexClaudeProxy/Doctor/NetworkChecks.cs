using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Network;

namespace CodexClaudeProxy.Doctor;

/// <summary>The way to the backend: names, encryption, the clock, and what the environment says about proxies.</summary>
internal static class NetworkChecks
{
    /// <summary>Tokens are dated: a clock that is further off makes good ones look expired, or expired ones good.</summary>
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Harmful = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FamilyPatience = TimeSpan.FromSeconds(4);

    private static readonly string[] ProxyVariables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

    public static IEnumerable<Check> Of(Patient patient)
    {
        // One request tells about the connection and about the clock.
        Lazy<Task<Contact[]>> backend = new(() => ContactsAsync(patient, patient.Options.ChatGptUrl.AbsoluteUri.TrimEnd('/') + "/wham/usage", default));
        return
        [
            new("environment", "Proxy variables", _ => Task.FromResult(Environment(patient))),
            new("dns", "Names", token => NamesAsync(patient, token)),
            new("families", "IPv4 and IPv6", token => FamiliesAsync(patient, token)),
            new("backend", "Connection to upstream", async token => Worst(await backend.Value.WaitAsync(token))),
            new("login-server", "Connection to the login server", async token => Worst(await ContactsAsync(patient, patient.Options.AuthUrl.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration", token))),
            .. patient.Settings.AnthropicModels.Count == 0 ? [] : (Check[])[new("anthropic", "Connection to Anthropic", async token => Reached(await ContactAsync(patient, patient.Options.AnthropicUrl.AbsoluteUri.TrimEnd('/') + "/v1/models", OutboundRoute.Shared, token)))],
            new("clock", "Clock", async token => Clock((await backend.Value.WaitAsync(token)).MaxBy(static contact => contact.Skew is not null)!)),
        ];
    }

    private static Verdict Environment(Patient patient)
    {
        if (OutboundProxy.ProblemOf(patient.Variable) is { } problem) return Verdict.Fail(problem, "Correct the variable, or unset it");
        foreach (string name in ExtraCertificates.Variables)
        {
            if (ExtraCertificates.ProblemOf(name, patient.Variable) is { } trouble) return Verdict.Fail(trouble, $"Correct {name}, or unset it");
        }

        (string Name, string Value)[] set = [.. ProxyVariables.Append("NO_PROXY").Select(name => (name, OutboundProxy.Value(patient.Variable, name))).Where(variable => variable.Item2 is not null)!];
        string[] told = [.. set.Select(variable => $"{variable.Name}={Secrets.Hide(variable.Name, variable.Value)}")];
        if (told.Length == 0)
            return Verdict.Ok(SystemProxy(patient.Options.ChatGptUrl) is { } system ? $"No variable is set; the system settings use {system.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}" : "No variable is set");
        bool sparesUs = DirectHosts.Parse(OutboundProxy.Value(patient.Variable, "NO_PROXY")).Include(new Uri("http://127.0.0.1/"));
        return sparesUs || set.All(variable => variable.Name == "NO_PROXY")
            ? Verdict.Ok(string.Join(", ", told))
            : Verdict.Warn(string.Join(", ", told) + ": clients may send requests for this machine to that proxy", Remedies.Set("NO_PROXY", "127.0.0.1,localhost", Remedies.Here));
    }

    private static async Task<Verdict> NamesAsync(Patient patient, CancellationToken cancellation)
    {
        if (patient.IsSimulated) return Verdict.Skipped("A demo resolves no names");
        if (HidesHere(patient)) return Verdict.Skipped("The proxies of the accounts resolve them");
        if (IsProxied(patient)) return Verdict.Skipped("The HTTP proxy resolves them");
        foreach (string host in new[] { patient.Options.ChatGptUrl.IdnHost, patient.Options.AuthUrl.IdnHost }.Distinct())
        {
            try
            {
                if ((await patient.Resolve(host, cancellation)).Length == 0) return NotFound(host);
            }
            catch (SocketException)
            {
                return NotFound(host);
            }
        }

        return Verdict.Ok($"{patient.Options.ChatGptUrl.IdnHost} and {patient.Options.AuthUrl.IdnHost} were resolved");
    }

    /// <summary>A family that leads nowhere costs each new connection a quarter of a second, and other programs much more.</summary>
    private static async Task<Verdict> FamiliesAsync(Patient patient, CancellationToken cancellation)
    {
        if (patient.IsSimulated) return Verdict.Skipped("A demo makes no connections");
        if (HidesHere(patient)) return Verdict.Skipped("The proxies of the accounts make the connections");
        if (IsProxied(patient)) return Verdict.Skipped("The HTTP proxy makes the connections");
        Uri url = patient.Options.ChatGptUrl;
        IPAddress[] addresses;
        try
        {
            addresses = await patient.Resolve(url.IdnHost, cancellation);
        }
        catch (SocketException)
        {
            return Verdict.Skipped("The name was not found");
        }

        (string Family, string? Trouble)[] tried = await Task.WhenAll(addresses.DistinctBy(address => address.AddressFamily).Select(async address =>
            (address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4", await DialAsync(new IPEndPoint(address, url.Port), cancellation))));
        string told = string.Join("; ", tried.Select(way => way.Trouble is { } trouble ? $"{way.Family} does not work ({trouble})" : $"{way.Family} works"));
        return tried.All(way => way.Trouble is null) ? Verdict.Ok(told)
            : tried.All(way => way.Trouble is not null) ? Verdict.Fail(told, "Check the connection and firewalls")
            : Verdict.Warn(told + ". The proxy uses the one that works", "Repair it or disable it on this machine; other programs may wait for it");
    }

    /// <returns>Why there is no connection, or null.</returns>
    private static async Task<string?> DialAsync(IPEndPoint address, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(FamilyPatience);
        try
        {
            await using Stream stream = await AddressRace.DialAsync(address, limit.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer within {FamilyPatience.TotalSeconds:0} seconds";
        }
    }

    /// <summary>The ways that the accounts go out by, once each; the environment's where there is no account. Nothing goes by another: its address may be what an owner hides.</summary>
    private static OutboundRoute[] Routes(Patient patient)
    {
        OutboundRoute[] routes = [.. patient.Store.Read().All.Where(static account => account.Enabled).DistinctBy(static account => account.Proxy).Select(static account => account.Proxy is null ? OutboundRoute.Shared : account.Route)];
        return routes.Length > 0 ? routes : [OutboundRoute.Shared];
    }

    private static bool HidesHere(Patient patient) => Array.TrueForAll(Routes(patient), static route => route.Proxy is { IsDirect: false });

    private static Task<Contact[]> ContactsAsync(Patient patient, string address, CancellationToken cancellation) =>
        Task.WhenAll(Routes(patient).Select(route => ContactAsync(patient, address, route, cancellation)));

    /// <summary>All ways in one sentence each, with the fix of the worst.</summary>
    private static Verdict Worst(Contact[] contacts)
    {
        Verdict[] ways = [.. contacts.Select(static contact => contact.Proxy is null ? Reached(contact) : Reached(contact) is var way && way.Status == CheckStatus.Fail
            ? way with { Detail = $"{way.Detail} (through {contact.Proxy})", Fix = "Check the proxy of the account: codex-claude-proxy accounts proxy" }
            : way with { Detail = $"{way.Detail} (through {contact.Proxy})" })];
        Verdict worst = ways.MaxBy(static way => way.Status)!;
        return worst with { Detail = string.Join("; ", ways.Select(static way => way.Detail)) };
    }

    private static bool IsProxied(Patient patient) => OutboundProxy.FromEnvironment(patient.Variable) is { } named
        ? !named.IsBypassed(patient.Options.ChatGptUrl)
        : SystemProxy(patient.Options.ChatGptUrl) is not null;

    /// <summary>The proxy of Windows' or macOS' settings; Linux has none but the variables.</summary>
    private static Uri? SystemProxy(Uri destination)
    {
        if (OperatingSystem.IsLinux() || HttpClient.DefaultProxy.IsBypassed(destination)) return null;
        return HttpClient.DefaultProxy.GetProxy(destination) is { } proxy && proxy != destination ? proxy : null;
    }

    private static Verdict NotFound(string host) =>
        Verdict.Fail($"The name {host} was not found", "Check that this machine is online, then the DNS server and any filter that blocks the name");

    private static Verdict Reached(Contact contact) => contact switch
    {
        { Trouble: AuthenticationException or { InnerException: AuthenticationException } } =>
            Verdict.Fail($"{contact.Host} was reached, but its certificate is not trusted: {Innermost(contact.Trouble!)}", Remedies.TrustCertificate(Remedies.Here)),
        { Trouble: { } trouble } => Verdict.Fail($"{contact.Host} was not reached: {Innermost(trouble)}", "Check the connection, firewalls and HTTPS_PROXY"),
        { IsChallenge: true } => Verdict.Warn($"{contact.Host} responded with a browser check", "Try another network or address; VPNs are often blocked"),
        { Status: >= 500 } => Verdict.Warn($"{contact.Host} answered {contact.Status}", "Try again later"),
        _ => Verdict.Ok($"{contact.Host} answered within {contact.Took.TotalMilliseconds:0} ms"),
    };

    private static Verdict Clock(Contact contact)
    {
        if (contact.Skew is not { } skew) return Verdict.Skipped("Upstream did not report the time");
        string detail = skew.Duration() < TimeSpan.FromSeconds(2) ? "Right" : $"{skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "fast" : "slow")}";
        const string fix = "Synchronise the system clock: timedatectl set-ntp true, or the settings of date and time";
        return skew.Duration() > Harmful ? Verdict.Fail(detail, fix) : skew.Duration() > Tolerated ? Verdict.Warn(detail, fix) : Verdict.Ok(detail);
    }

    /// <summary>Any answer counts as reachable, also a refusal: the request carries no credential.</summary>
    private static async Task<Contact> ContactAsync(Patient patient, string address, OutboundRoute route, CancellationToken cancellation)
    {
        string host = new Uri(address).IdnHost;
        long start = patient.Time.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        route.ApplyTo(request);
        request.Headers.TryAddWithoutValidation("user-agent", patient.Codex.UserAgent);
        try
        {
            using HttpResponseMessage response = await patient.Http.SendAsync(request, cancellation);
            return new Contact(host, patient.Time.GetElapsedTime(start))
            {
                Proxy = route.Proxy,
                Status = (int)response.StatusCode,
                IsChallenge = response.Headers.TryGetValues("cf-mitigated", out IEnumerable<string>? mitigated) && mitigated.Contains("challenge"),
                Skew = patient.Time.GetUtcNow() - response.Headers.Date,
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Contact(host, patient.Time.GetElapsedTime(start)) { Proxy = route.Proxy, Trouble = e };
        }
    }

    private static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message;

    private sealed record Contact(string Host, TimeSpan Took)
    {
        /// <summary>What it went through; null for the environment's way.</summary>
        public AccountProxy? Proxy { get; init; }

        public int Status { get; init; }

        public bool IsChallenge { get; init; }

        /// <summary>Our time minus theirs.</summary>
        public TimeSpan? Skew { get; init; }

        public Exception? Trouble { get; init; }
    }
}
