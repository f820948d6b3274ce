namespace CodexClaudeProxy.Endpoints;

/// <summary>OpenAI's list of models.</summary>
/// <param name="Object">Always <c>list</c>.</param>
/// <param name="Data">All of them: this list has no pages.</param>
internal sealed record OpenAiModelList(string Object, IEnumerable<OpenAiModel> Data)
{
    public static OpenAiModelList Of(IEnumerable<ModelListing> listings) => new("list", listings.Select(OpenAiModel.Of));
}

/// <summary>A model as OpenAI's protocol describes it.</summary>
/// <param name="Id">The name to ask for.</param>
/// <param name="Object">Always <c>model</c>.</param>
/// <param name="Created">When it appeared, in seconds since 1970: a date for all, since upstream does not tell.</param>
/// <param name="OwnedBy">Always <c>openai</c>.</param>
internal sealed record OpenAiModel(string Id, string Object, long Created, string OwnedBy)
{
    public static OpenAiModel Of(ModelListing listing) => new(listing.Id, "model", ModelListing.Created.ToUnixTimeSeconds(), "openai");
}
