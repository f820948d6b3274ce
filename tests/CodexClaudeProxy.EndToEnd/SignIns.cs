namespace CodexClaudeProxy.EndToEnd;

/// <summary>A sign-in in the browser ends at one of two fixed ports, and whoever begins one asks the other program to give its own up.</summary>
internal static class SignIns
{
    /// <summary>The collection of all tests that sign in.</summary>
    public const string OneAtATime = "sign-ins";
}
