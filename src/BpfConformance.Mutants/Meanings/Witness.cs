using System.Runtime.CompilerServices;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Mutants.Meanings;

/// <summary>What an instruction found when it began.</summary>
/// <param name="Pc">Its slot.</param>
/// <param name="Dst">The register of the destination field.</param>
/// <param name="Src">The register of the source field.</param>
/// <param name="Memory">The eight bytes that dst and the offset, or src and the offset, point to; fewer at the end of a region.</param>
/// <param name="R0">The comparand of CMPXCHG.</param>
internal readonly record struct Operands(int Pc, ulong Dst, ulong Src, ulong Memory, ulong R0)
{
    public static unsafe Operands Of(Slot* s, Machine* m)
    {
        ulong dst = s->Dst < 11 ? m->Registers[s->Dst] : 0;
        ulong src = s->Src < 11 ? m->Registers[s->Src] : 0;
        ulong memory = Read(m, dst + (ulong)s->Immediate) ?? Read(m, src + (ulong)s->Immediate) ?? 0;
        return new Operands(s->Pc, dst, src, memory, m->Registers[0]);
    }

    private static unsafe ulong? Read(Machine* m, ulong address)
    {
        for (int size = sizeof(ulong); size > 0; size /= 2)
        {
            Region* region = GuestMemory.Find(m, address, size);
            if (region == null) continue;
            ulong value = 0;
            Unsafe.CopyBlockUnaligned(&value, region->Base + (uint)address, (uint)size);
            return value;
        }

        return null;
    }
}

/// <summary>
/// The original, which also tries the defect from the same state each time, and keeps the operands for which it makes a
/// difference.
/// </summary>
internal unsafe struct Witness<TDefect, TOriginal> : IMeaning
    where TDefect : struct, IMeaning
    where TOriginal : struct, IMeaning
{
    public static Slot* Run(Slot* s, Machine* m)
    {
        var operands = Operands.Of(s, m);
        MachineState before = MachineState.Of(m);
        Slot* wrong = TDefect.Run(s, m);
        MachineState after = MachineState.Of(m);
        before.Restore(m);
        Slot* right = TOriginal.Run(s, m);
        if (wrong != right || !after.IsSame(MachineState.Of(m))) Witnesses.Add(operands);
        return right;
    }
}

/// <summary>What the witnesses of this thread have kept.</summary>
internal static class Witnesses
{
    [ThreadStatic]
    private static List<Operands>? t_kept;

    public static void Add(Operands operands) => (t_kept ??= []).Add(operands);

    /// <summary>Everything since the last call.</summary>
    public static IReadOnlyList<Operands> Take()
    {
        List<Operands> kept = t_kept ?? [];
        t_kept = null;
        return kept;
    }
}

/// <summary>A copy of all that an instruction can change.</summary>
internal sealed unsafe class MachineState
{
    private readonly byte[] _machine;
    private readonly byte[] _regions;
    private readonly byte[][] _contents;

    private MachineState(Machine* m)
    {
        _machine = new Span<byte>(m, sizeof(Machine)).ToArray();
        _regions = new Span<byte>(m->Regions, (int)m->RegionCount * sizeof(Region)).ToArray();
        _contents = new byte[m->RegionCount][];
        for (int i = 0; i < _contents.Length; i++) _contents[i] = Content(m, i).ToArray();
    }

    public static MachineState Of(Machine* m) => new(m);

    public void Restore(Machine* m)
    {
        _machine.CopyTo(new Span<byte>(m, _machine.Length));
        _regions.CopyTo(new Span<byte>(m->Regions, _regions.Length));
        for (int i = 0; i < _contents.Length; i++) _contents[i].CopyTo(Content(m, i));
    }

    /// <summary>Whether a program would find no difference; it cannot see what was charged to its budget.</summary>
    public bool IsSame(MachineState other) =>
        WithoutBudget().SequenceEqual(other.WithoutBudget())
        && _regions.AsSpan().SequenceEqual(other._regions)
        && _contents.Zip(other._contents).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private static Span<byte> Content(Machine* m, int region) => new(m->Regions[region].Base, (int)m->Regions[region].Length);

    private ReadOnlySpan<byte> WithoutBudget()
    {
        byte[] copy = [.. _machine];
        ref Machine machine = ref Unsafe.As<byte, Machine>(ref copy[0]);
        (machine.BudgetLeft, machine.Uncharged) = (0, 0);
        return copy;
    }
}
