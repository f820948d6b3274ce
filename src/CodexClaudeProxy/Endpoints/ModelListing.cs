using CodexClaudeProxy.Protocol;
using CodexClaudeProxy.Protocol.Codex;

namespace CodexClaudeProxy.Endpoints;

/// <summary>One name a model is offered under.</summary>
internal sealed record ModelListing(string Id, ModelProfile Profile)
{
    private const string AliasPrefix = "claude-codex-";

    /// <summary>The backend does not tell when a model appeared; both protocols want a date, and one that never changes.</summary>
    public static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string? Description { get; init; }

    /// <summary>A name of the user's own.</summary>
    public bool IsMapped { get; init; }

    /// <summary>Claude Code's picker drops every name without "claude" in it.</summary>
    public bool IsAlias => Id.StartsWith(AliasPrefix, StringComparison.OrdinalIgnoreCase);

    public string DisplayName => IsMapped ? $"{Id} ({Profile.DisplayName})" : IsAlias ? Profile.SpokenName + " (Codex)" : Profile.DisplayName;

    /// <summary>The plain name, and the alias for Claude Code.</summary>
    public static IEnumerable<ModelListing> Both(CatalogueModel model) =>
    [
        new(model.Profile.Slug, model.Profile) { Description = model.Description },
        new(AliasPrefix + model.Profile.Slug, model.Profile) { Description = model.Description },
    ];
}

/// <summary>One page of the Anthropic list, cut by cursor.</summary>
internal sealed record ModelPage(IReadOnlyList<ModelListing> Items, bool HasMore)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 1_000;

    /// <summary>The items right after one id or right before another, always in list order.</summary>
    public static ModelPage Of(List<ModelListing> all, int limit, string? afterId, string? beforeId)
    {
        int from = string.IsNullOrEmpty(afterId) ? 0 : IndexOf(all, afterId, "after_id") + 1;
        int to = string.IsNullOrEmpty(beforeId) ? all.Count : IndexOf(all, beforeId, "before_id");
        int count = Math.Clamp(to - from, 0, limit);
        bool hasMore = count < to - from;

        return new ModelPage(string.IsNullOrEmpty(beforeId) ? all.GetRange(from, count) : all.GetRange(to - count, count), hasMore);
    }

    private static int IndexOf(List<ModelListing> all, string id, string parameter)
    {
        int index = all.FindIndex(listing => listing.Id == id);
        return index >= 0 ? index : throw new InvalidRequestException(ApiError.Invalid($"{parameter}: no model '{id}' in the list", parameter));
    }
}
