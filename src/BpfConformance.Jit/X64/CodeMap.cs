using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.X64;

/// <summary>Which instruction a place in the code belongs to.</summary>
internal sealed class CodeMap
{
    private readonly int[] _starts;
    private readonly int[] _pcs;

    private CodeMap(int[] starts, int[] pcs) => (_starts, _pcs) = (starts, pcs);

    /// <summary>Of the code that was emitted last: the instructions in their order, then what was put at the side.</summary>
    public static CodeMap Of(ReadOnlySpan<Instruction> program, Workspace work)
    {
        var starts = new int[program.Length + work.SidePlaces.Count];
        var pcs = new int[starts.Length];
        int count = 0;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            (starts[count], pcs[count++]) = (work.Layout.FinalOf(pc), pc);
        }

        foreach ((int label, int pc) in work.SidePlaces) (starts[count], pcs[count++]) = (work.Layout.FinalOf(label), pc);
        return new CodeMap(starts[..count], pcs[..count]);
    }

    /// <summary>The pc of the byte at this offset; that of the prologue of a function is of its first instruction's, or of the one before.</summary>
    public int PcAt(int offset)
    {
        int index = Array.BinarySearch(_starts, offset);
        if (index < 0) index = Math.Max(~index - 1, 0);

        // Of several that begin here only the last has bytes of its own.
        while (index + 1 < _starts.Length && _starts[index + 1] == _starts[index]) index++;
        return _pcs[index];
    }
}
