namespace CodexClaudeProxy.EndToEnd;

internal static class Pictures
{
    /// <summary>A PNG of 10 by 10 red pixels.</summary>
    public static byte[] RedDot { get; } =
        Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC");
}
