using System.Collections.Immutable;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>Drops steps and pieces while machines still differ; what the kernel then refuses does not differ.</summary>
internal sealed class CallShrinker(Func<CallSequence, bool> differs)
{
    public CallSequence Shrink(CallSequence sequence)
    {
        while (Smaller(sequence).FirstOrDefault(differs) is { } smaller) sequence = smaller;
        return sequence;
    }

    private static IEnumerable<CallSequence> Smaller(CallSequence sequence)
    {
        for (int size = sequence.Steps.Length / 2; size > 0; size /= 2)
        {
            for (int start = sequence.Steps.Length - size; start >= 0; start -= size) yield return sequence with { Steps = sequence.Steps.RemoveRange(start, size) };
        }

        for (int program = 0; program < sequence.Programs.Length; program++)
        {
            CallProgram old = sequence.Programs[program];
            for (int function = 0; function < old.Functions.Length; function++)
            {
                if (!old.Reached.Contains(old.Functions[function])) continue;
                foreach (ImmutableArray<CallPiece> fewer in Fewer(old.Functions[function].Pieces))
                {
                    CallFunction smaller = old.Functions[function] with { Pieces = fewer };
                    yield return sequence with { Programs = sequence.Programs.SetItem(program, old with { Functions = old.Functions.SetItem(function, smaller) }) };
                }
            }
        }
    }

    private static IEnumerable<ImmutableArray<CallPiece>> Fewer(ImmutableArray<CallPiece> pieces)
    {
        if (pieces.Length > 2) yield return [];
        for (int i = pieces.Length - 1; i >= 0; i--)
        {
            yield return pieces.RemoveAt(i);
            if (pieces[i].Inner.IsEmpty) continue;
            yield return [.. pieces[..i], .. pieces[i].Inner, .. pieces[(i + 1)..]];
            foreach (ImmutableArray<CallPiece> inner in Fewer(pieces[i].Inner)) yield return pieces.SetItem(i, pieces[i] with { Inner = inner });
        }
    }
}
