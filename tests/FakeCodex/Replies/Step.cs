namespace FakeCodex;

/// <summary>One step of an answer's body.</summary>
internal abstract record Step
{
    public sealed record Send(ReadOnlyMemory<byte> Bytes) : Step;

    public sealed record Hold(Gate Gate) : Step;

    public sealed record Pause(TimeSpan Time) : Step;

    public sealed record Abort : Step;
}
