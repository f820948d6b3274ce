namespace FakeCodex;

/// <summary>
/// The checks of the real backend before it generates anything: first the gateway's own (answers with <c>detail</c>), then
/// those of the model API (answers with <c>error</c>). Rules are lazy; the first broken one answers.
/// </summary>
internal static class RequestRules
{
    private static readonly Func<RuleContext, IEnumerable<Rejection>>[] Rules =
    [
        GatewayRules.BodyIsAnObject,
        GatewayRules.ParametersAreSupported,
        GatewayRules.ModelIsServed,
        GatewayRules.InstructionsArePresent,
        GatewayRules.InputIsAList,
        GatewayRules.StoreIsFalse,
        GatewayRules.StreamIsTrue,
        GatewayRules.ServiceTierIsPriority,
        GatewayRules.NoSystemMessages,
        LiteRules.Check,
        EnvelopeRules.Check,
        ToolRules.Check,
        ToolChoiceRules.Check,
        ItemRules.Check,
        PairingRules.Check,
        ReplayRules.Check,
    ];

    public static Rejection? FirstBroken(RuleContext context) => Rules.SelectMany(rule => rule(context)).FirstOrDefault();
}
