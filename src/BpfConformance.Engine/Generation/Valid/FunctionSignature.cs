using System.Collections.Immutable;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What a local function takes.</summary>
/// <param name="Arguments">From r1 on; numbers, or bytes that it may read and write.</param>
/// <param name="Depth">How many frames are below it, at most.</param>
internal readonly record struct FunctionSignature(ImmutableArray<AbstractValue> Arguments, int Depth)
{
    /// <summary>Whether only those that have some can call it.</summary>
    public bool TakesMemory => Arguments.Any(argument => argument.Kind is not (ValueKind.Scalar or ValueKind.CallerStack));
}
