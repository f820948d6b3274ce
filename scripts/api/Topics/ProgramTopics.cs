using CodexClaudeProxy.Doctor;
using CodexClaudeProxy.Endpoints;
using static CodexClaudeProxy.Scripts.Api.Operation;

namespace CodexClaudeProxy.Scripts.Api.Topics;

/// <summary>The program itself.</summary>
internal static class ProgramTopics
{
    public static readonly Topic Program = new(
        "Program",
        "What runs here, and whether it is well.",
        Get("/", "Tells what the program is; a browser gets the dashboard.").Open()
            .Answers(EndpointsContext.Default.ProgramState, "The program.").AnswersText("text/html", "The dashboard, for clients that accept HTML.").Try(),
        Get("/health", "Tells that the program answers, and which accounts it has.").Open()
            .Answers(EndpointsContext.Default.Health, "To callers with the access key, or where none is set.")
            .Answers(EndpointsContext.Default.Liveness, "To callers without the access key: only that it answers.").Try(),
        Get("/api/about", "Describes the running program: version, addresses, files, memory.").Answers(EndpointsContext.Default.About, "The program.").Try(),
        Post("/api/doctor", "Examines the proxy and its surroundings.")
            .Takes(EndpointsContext.Default.DoctorRequest).Answers(DoctorContext.Default.DoctorReport, "What each check found.").Refuses(400, "`request` is not what it must be.")
            .Try(body: """{"request":false}"""),
        Get("/openapi.json", "This reference for programs: OpenAPI 3.1.").Open().AnswersFree("OpenApiDocument", "The document."));
}
