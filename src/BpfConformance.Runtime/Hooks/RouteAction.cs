namespace BpfConformance.Runtime.Hooks;

/// <summary>What the program of a route lets become of a packet.</summary>
internal enum RouteAction
{
    /// <summary>It takes the route.</summary>
    Pass,

    /// <summary>It goes no further, and who sends it is told EPERM.</summary>
    Drop,

    /// <summary>The same, of a code that means nothing: EINVAL.</summary>
    Refuse,

    /// <summary>To where a helper has said.</summary>
    Redirect,

    /// <summary>By the route that its header leads to now.</summary>
    Reroute,
}
