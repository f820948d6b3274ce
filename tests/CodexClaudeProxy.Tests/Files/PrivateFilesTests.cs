using CodexClaudeProxy.Files;

namespace CodexClaudeProxy.Tests.Files;

public sealed class PrivateFilesTests
{
    /// <summary>A journal of the statistics can end between the listing of the directory and the look at it.</summary>
    [Fact]
    public void What_is_gone_meanwhile_needs_no_rights_any_more() => PrivateFiles.Tighten(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "activity.db-journal"));
}
