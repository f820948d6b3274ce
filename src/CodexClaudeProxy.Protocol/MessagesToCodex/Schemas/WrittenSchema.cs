using System.Security.Cryptography;
using System.Text.Json;
using CodexClaudeProxy.Protocol.Json;
using CodexClaudeProxy.Protocol.MessagesToCodex.Context;

namespace CodexClaudeProxy.Protocol.MessagesToCodex.Schemas;

/// <summary>One schema as it is sent: sanitised, and reduced if the backend refused it like that before.</summary>
internal sealed class WrittenSchema : IDisposable
{
    private readonly PooledBuffer _schema = new();
    private readonly Utf8JsonWriter _writer;

    public WrittenSchema() => _writer = new Utf8JsonWriter(_schema, WireJson.Options);

    public ReadOnlySpan<byte> Written => _schema.Written;

    public int Length => _schema.Length;

    /// <summary>The backend refused the schema in its full form, so nothing may be promised about it.</summary>
    public bool IsReduced { get; private set; }

    public bool FitsStrictMode => StrictSchema.Accepts(_schema.WrittenMemory);

    /// <summary>What names a schema, by its bytes as they were sent.</summary>
    public static string HashOf(ReadOnlySpan<byte> schema) => Convert.ToHexStringLower(SHA256.HashData(schema).AsSpan(0, 16));

    /// <summary>The parameters of a function, or a format.</summary>
    public RootSchema.Outcome WriteRoot(JsonElement schema, ConversionOptions options)
    {
        Clear();
        var outcome = RootSchema.Write(schema, _writer);
        End(options);
        return outcome;
    }

    /// <summary>A schema whose outermost level stays as the client wrote it.</summary>
    public void Write(JsonElement schema, ConversionOptions options)
    {
        Clear();
        SchemaSanitizer.Write(schema, _writer);
        End(options);
    }

    /// <summary>A schema that goes as the client wrote it.</summary>
    public void Copy(JsonElement schema, ConversionOptions options)
    {
        Clear();
        RawJson.Write(schema, _writer);
        End(options);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _schema.Dispose();
    }

    /// <summary>Forgets the schema.</summary>
    public void Clear()
    {
        IsReduced = false;
        _schema.Clear();
        _writer.Reset();
    }

    private void End(ConversionOptions options)
    {
        _writer.Flush();
        IsReduced = options.ReducedSchemas.Count > 0 && options.ReducedSchemas.Contains(HashOf(Written));
        if (!IsReduced) return;

        using var whole = JsonDocument.Parse(_schema.Written.ToArray(), JsonDepth.Document);
        Clear();
        IsReduced = true;
        ReducedSchema.Write(whole.RootElement, _writer);
        _writer.Flush();
    }
}
