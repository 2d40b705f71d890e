using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Targets;

/// <summary>The registers after a run.</summary>
/// <param name="Values">r0–r10; <c>null</c>: not seen.</param>
public sealed record RegisterFile(ImmutableArray<ulong?> Values);

/// <summary>A run ended by the machine.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Pc">The slot; <c>null</c>: not seen.</param>
public sealed record Fault(FaultKind Kind, int? Pc);

/// <summary>One run as a value to show and keep; <c>null</c> always means "not seen", and is then not compared.</summary>
public sealed record Outcome(ExecutionStatus Status)
{
    public ulong? R0 { get; init; }

    /// <summary>The bits of <see cref="R0"/> that were seen.</summary>
    public ulong R0Mask { get; init; }

    public RegisterFile? Registers { get; init; }

    /// <summary>Memory or packet afterwards.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>An image of the maps afterwards (<see cref="Comparison.MapImage"/>).</summary>
    public ReadOnlyMemory<byte>? Maps { get; init; }

    /// <summary>The context afterwards, in the kernel's layout.</summary>
    public ReadOnlyMemory<byte>? Context { get; init; }

    public long? Instructions { get; init; }

    public Fault? Fault { get; init; }

    /// <summary>Why nothing follows, for <see cref="ExecutionStatus.Inconclusive"/>; how it broke, for <see cref="ExecutionStatus.Crashed"/>; else empty.</summary>
    public string Reason { get; init; } = string.Empty;
}
