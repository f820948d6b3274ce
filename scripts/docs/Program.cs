// dotnet run --project scripts/docs -- .
using CodexClaudeProxy.Scripts.Docs;

foreach ((string name, string text) in Documents.Of(args[0])) File.WriteAllText(Path.Combine(args[0], name), text);
