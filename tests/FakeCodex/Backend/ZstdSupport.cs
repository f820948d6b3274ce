namespace FakeCodex;

/// <summary>What becomes of a request that is compressed with zstd.</summary>
public enum ZstdSupport
{
    /// <summary>It is read, as by the real backend.</summary>
    Decoded,

    /// <summary>It is refused with 415.</summary>
    Refused,

    /// <summary>It is taken for JSON, which it is not: 400.</summary>
    Misread,
}
