// dotnet run --project scripts/api -- docs
using CodexClaudeProxy.Scripts.Api;

foreach ((string name, string text) in Reference.Files(Answers.Read())) File.WriteAllText(Path.Combine(args[0], name), text);
