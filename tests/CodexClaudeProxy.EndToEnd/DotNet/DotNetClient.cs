using System.Collections.Concurrent;

namespace CodexClaudeProxy.EndToEnd.DotNet;

/// <summary>A client library for .NET, used in the way its documentation shows. Errors come out as the library throws them.</summary>
internal abstract class DotNetClient : IDisposable
{
    protected const string Model = "gpt-5.5";

    /// <summary>A schema as people write it for a library that wants text.</summary>
    protected const string TitleSchema = """{"type":"object","properties":{"title":{"type":"string"}},"required":["title"],"additionalProperties":false}""";

    protected const string WeatherSchema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""";

    public abstract Task<string> AskAsync(string prompt, CancellationToken cancellation);

    public abstract IAsyncEnumerable<string> StreamAsync(string prompt, CancellationToken cancellation);

    /// <summary>Asks until the model calls no more tools.</summary>
    public abstract Task<string> UseToolsAsync(string prompt, Weather weather, CancellationToken cancellation);

    public abstract Task<string> LookAsync(string prompt, byte[] png, CancellationToken cancellation);

    /// <summary>Asks for an object with a title.</summary>
    public abstract Task<string?> TitleAsync(string prompt, CancellationToken cancellation);

    /// <summary>The ids of the models; only of libraries that list them.</summary>
    public virtual Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>The status the library found in the answer; null when the error says none.</summary>
    public abstract int? StatusOf(Exception error);

    public virtual void Dispose()
    {
    }
}

/// <summary>The tool that all of them offer.</summary>
internal sealed class Weather
{
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>The cities it was called for.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    public string In(string city)
    {
        _asked.Enqueue(city);
        return $"18 degrees in {city}";
    }
}

