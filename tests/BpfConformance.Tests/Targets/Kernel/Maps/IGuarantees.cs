using System.Collections.Immutable;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>What one machine must keep to where not everything is laid down: it follows the machine step by step.</summary>
internal interface IGuarantees
{
    /// <summary>Whether all machines must answer alike.</summary>
    bool IsLaidDown(in SeenStep step);

    /// <summary>What is wrong with a step, or <c>null</c>.</summary>
    string? Check(in SeenStep step);

    /// <summary>What is wrong with what the map holds after all steps, or <c>null</c>.</summary>
    string? CheckEnd(ImmutableArray<MapEntry> entries);
}
