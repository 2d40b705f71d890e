namespace BpfConformance.Abi.Maps;

/// <summary>Which control group is at an index of an array of them.</summary>
public enum ControlGroupKind
{
    /// <summary>The one in which the case is: the task of its runs, and its sockets.</summary>
    Group,

    /// <summary>Another, in which nothing is.</summary>
    Outside,
}
