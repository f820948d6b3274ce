using CodexClaudeProxy.Activity;
using CodexClaudeProxy.Alerts;
using CodexClaudeProxy.Endpoints;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Settings;

namespace CodexClaudeProxy;

/// <summary>The alerts: they look at the other rooms, and none of those looks at them.</summary>
internal static partial class Composition
{
    private static void MapAlerts(Routes routes, HostParts host, Surroundings around, AccountParts accounts, SettingsStore settings, ActivityParts activity)
    {
        (string directory, ILogger log) = (host.Options.DataDirectory, host.Loggers.CreateLogger("Alerts"));
        var channels = new AlertChannels(directory, host.Options.AlertCommand, host.Time, log);
        var programs = new AlertPrograms { Variable = around.Variable };
        var sender = new AlertSender(around.Http, UserAgent, host.Time) { Programs = programs };
        var observer = new AlertObserver(accounts.Store, accounts.Pool, accounts.Forecast, accounts.Resets, settings, activity.Drift, host.Time)
        {
            ClientsBefore = async ct => await activity.Store.ReadAsync(KnownClients.In, ct) ?? [],
        };
        AlertWatch watch = host.Own(new AlertWatch(
            channels, observer, new AlertMemoryFile(directory, log), sender, () => new AlertBodies(settings.Read().TimeZone ?? host.Time.LocalTimeZone, host.Options.PublicUrl), host.Time, log));
        activity.Requests.Finished += watch.Note;
        new AlertEndpoints(channels, watch, programs).MapTo(routes);
    }
}
