using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What a client of the proxy is to be told, found out from the files alone: the proxy need not run.</summary>
internal static class ClientSetup
{
    /// <param name="baseUrl">Where the proxy is.</param>
    /// <param name="wanted">The user's own model for a lane.</param>
    public static async Task<IReadOnlyList<ClientVariable>> VariablesAsync(
        ProxyOptions options, string baseUrl, IReadOnlyDictionary<string, string> wanted, CancellationToken cancellation)
    {
        using SettingsStore settings = new(options.DataDirectory, TimeProvider.System, NullLogger.Instance);
        ProxySettings current = settings.Read();
        return ClientEnvironment.Of(baseUrl, options.ApiKey, ClientModelChoice.Choose(await ModelsAsync(options, cancellation), current.ModelMappings, current.HaikuKiloModel, wanted));
    }

    /// <summary>The copy of the backend's list that the proxy keeps, else the built-in one.</summary>
    private static async Task<ModelCatalogue> ModelsAsync(ProxyOptions options, CancellationToken cancellation)
    {
        await using Catalogue catalogue = new(options.DataDirectory, static _ => throw new InvalidOperationException("only the copy is asked"), TimeProvider.System, NullLogger.Instance);
        return await catalogue.GetAsync(cancellation);
    }
}
