namespace FakeCodex;

/// <summary>A person with one ChatGPT workspace.</summary>
public sealed record FakeUser(string Email, string AccountId, string UserId, string Plan = "plus");
