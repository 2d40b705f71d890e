using System.Collections.Immutable;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Drops steps while machines still differ.</summary>
/// <param name="differs">Whether they do.</param>
internal sealed class SequenceShrinker(Func<MapSequence, bool> differs)
{
    public MapSequence Shrink(MapSequence sequence)
    {
        for (int size = sequence.Steps.Length / 2; size > 0; size /= 2)
        {
            for (int start = sequence.Steps.Length - size; start >= 0; start -= size)
            {
                ImmutableArray<RunInput> fewer = sequence.Steps.RemoveRange(start, Math.Min(size, sequence.Steps.Length - start));
                if (fewer.IsEmpty) continue;
                MapSequence smaller = sequence with { Steps = fewer };
                if (differs(smaller)) sequence = smaller;
            }
        }

        return sequence;
    }
}
