namespace FakeCodex;

/// <summary>How much of a plan's window is used up, and when it starts anew.</summary>
public sealed record Quota(double UsedPercent, DateTimeOffset ResetAt);
