// dotnet run --project scripts/vocabulary -- src/CodexClaudeProxy.Protocol/Tokens/o200k.bin
using CodexClaudeProxy.Scripts;

File.WriteAllBytes(args[0], VocabularyFile.Make(VocabularyFile.PublishedTokens()));
