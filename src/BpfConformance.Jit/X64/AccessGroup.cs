using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.X64;

/// <summary>One access of memory at an offset from a register.</summary>
/// <param name="Pc">The instruction.</param>
/// <param name="Offset">From the register.</param>
/// <param name="Bytes">How many.</param>
/// <param name="IsStore">Whether it writes.</param>
internal readonly record struct MemoryAccess(int Pc, int Offset, int Bytes, bool IsStore);

/// <summary>
/// The accesses from an instruction on that go through one register as it is now, with nothing between that could end the run, nor
/// a place that control comes to from elsewhere: they can be proven together, and where they cannot, nothing has happened yet.
/// </summary>
internal sealed class AccessGroup
{
    /// <summary>What is looked at for one group, so that compiling takes linear time.</summary>
    private const int MaxInstructions = 32;

    /// <summary>By opcode: the bytes of a load or a store that is not atomic; 0: it is none.</summary>
    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, 256).Select(opcode => BytesOf((byte)opcode))];

    /// <summary>By opcode: arithmetic, and conditions. Where one leads away, more was asked than was needed.</summary>
    private static readonly bool[] s_mayBeBetween = [.. Enumerable.Range(0, 256).Select(opcode => MayBeBetween(new Instruction((byte)opcode, 0, 0, 0)))];

    private readonly List<MemoryAccess> _accesses = [];

    /// <summary>In the order of the instructions.</summary>
    public ReadOnlySpan<MemoryAccess> Accesses => CollectionsMarshal.AsSpan(_accesses);

    /// <summary>The lowest offset.</summary>
    public int From { get; private set; }

    /// <summary>Behind the highest.</summary>
    public int To { get; private set; }

    /// <summary>Finds the group that begins with an access.</summary>
    public void Find(ReadOnlySpan<Instruction> program, ControlFlow flow, Liveness liveness, Register register, MemoryAccess first)
    {
        _accesses.Clear();
        (From, To) = (first.Offset, first.Offset + first.Bytes);
        _accesses.Add(first);
        int last = Math.Min(program.Length, first.Pc + MaxInstructions);
        bool isSame = (liveness.EffectsOf(first.Pc).Writes >> (int)register & 1) == 0;
        for (int pc = first.Pc + 1; isSame && pc < last && !flow.IsTarget(pc); pc += program[pc].IsWide ? 2 : 1)
        {
            ref readonly Instruction i = ref program[pc];
            if (s_bytes[i.Opcode] is > 0 and var bytes)
            {
                bool isStore = i.Class != InstructionClass.Ldx;
                var address = (Register)(isStore ? i.Dst : i.Src);
                bool isProven = address == register ? TryAdd(new MemoryAccess(pc, i.Offset, bytes, isStore)) : address == Register.R10;
                if (!isProven) return;
            }
            else if (!s_mayBeBetween[i.Opcode])
            {
                return;
            }

            isSame = (liveness.EffectsOf(pc).Writes >> (int)register & 1) == 0;
        }
    }

    private static byte BytesOf(byte opcode) => InstructionTable.WithOpcode(opcode)
        .Where(row => row.Operation is Operation.Load or Operation.LoadSigned or Operation.Store or Operation.StoreImmediate)
        .Select(row => (byte)row.Size).FirstOrDefault();

    private static bool MayBeBetween(in Instruction i) =>
        i.Class is InstructionClass.Alu or InstructionClass.Alu64 || i.IsWide
        || (JumpTargets.IsJump(i) && !JumpTargets.EndsBlock(i) && i.Opcode != Opcodes.MayGoto);

    private bool TryAdd(MemoryAccess access)
    {
        (int from, int to) = (Math.Min(From, access.Offset), Math.Max(To, access.Offset + access.Bytes));
        if (to - from > NativeRun.LargestSpan) return false;
        (From, To) = (from, to);
        _accesses.Add(access);
        return true;
    }
}
