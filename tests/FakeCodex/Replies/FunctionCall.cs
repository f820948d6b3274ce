namespace FakeCodex;

/// <summary>A call that the fake model makes. Without a call id it gets one of the real form.</summary>
public sealed record FunctionCall(string Name, string Arguments, string? CallId = null, string? Namespace = null);
