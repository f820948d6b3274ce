using CodexClaudeProxy.Accounts.Store;
using CodexClaudeProxy.ClaudeCode;
using CodexClaudeProxy.Hosting;
using CodexClaudeProxy.Protocol.Codex;
using CodexClaudeProxy.Settings;
using CodexClaudeProxy.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexClaudeProxy.CommandLine;

/// <summary>What a client of the proxy is to be told. The proxy need not run; what it knows of the plan's models is asked of it, or else of the backend.</summary>
internal sealed class ClientSetup(ProxyOptions options, Terminal terminal)
{
    /// <summary>For the backend's list, where nobody has asked for it yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ProxySettings _settings = SettingsOf(options);

    /// <summary>What the files say, and no person.</summary>
    public ClientChoices Choices => new() { ProxyJudges = _settings.AutoModeCheck == AutoModeJudge.Model, KeepsSignIn = _settings.AnthropicModels.Count > 0 };

    public static ProxySettings SettingsOf(ProxyOptions options)
    {
        using SettingsStore settings = new(options.DataDirectory, TimeProvider.System, NullLogger.Instance);
        return settings.Read();
    }

    /// <param name="address">Where the proxy is.</param>
    /// <param name="isRunning">It answers there.</param>
    /// <param name="wanted">The user's own model for a lane.</param>
    public async Task<IReadOnlyList<ClientVariable>> VariablesAsync(
        string address, bool isRunning, IReadOnlyDictionary<string, string> wanted, ClientChoices choices, CancellationToken cancellation)
    {
        IReadOnlyList<ClientVariable> told = isRunning ? await RunningServer.AskForVariablesAsync(address, options.ApiKey, wanted, Patience, cancellation) : [];
        ModelCatalogue models = await ModelsAsync(cancellation);
        IReadOnlyList<ClientVariable> own = ClientEnvironment.Of(address, options.ApiKey, ClientModelChoice.Choose(models, _settings, wanted), choices);
        if (models != ModelCatalogue.BuiltIn || told.All(variable => variable.Name is not (ClientEnvironment.MainModel or ClientEnvironment.FurtherModel))) return own;
        // The proxy has another data directory: only it knows the plan's models.
        return [.. own.Where(variable => !ClientEnvironment.IsAboutModels(variable.Name)), .. told.Where(variable => ClientEnvironment.IsAboutModels(variable.Name))];
    }

    /// <summary>The copy of the backend's list that the proxy keeps; where there is none yet, the backend is asked.</summary>
    private async Task<ModelCatalogue> ModelsAsync(CancellationToken cancellation)
    {
        bool hasCopy = File.Exists(Path.Combine(options.DataDirectory, Catalogue.FileName));
        await using Catalogue catalogue = new(options.DataDirectory, hasCopy || !File.Exists(new DataDirectory(options.DataDirectory).Accounts) ? NobodyAsync : FetchAsync, TimeProvider.System, NullLogger.Instance);
        return await catalogue.GetAsync(Patience, cancellation);
    }

    private static Task<CatalogueReply> NobodyAsync(CancellationToken cancellation) => throw new InvalidOperationException("only the copy is asked");

    private async Task<CatalogueReply> FetchAsync(CancellationToken cancellation)
    {
        await using LocalAccounts accounts = await LocalAccounts.OpenAsync(options, terminal, cancellation);
        return await accounts.FetchModelsAsync(cancellation);
    }
}
