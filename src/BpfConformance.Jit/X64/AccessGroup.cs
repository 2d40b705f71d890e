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
            if (AccessOf(i, pc, out Register address) is { } access)
            {
                bool isProven = address == register ? TryAdd(access) : address == Register.R10;
                if (!isProven) return;
            }
            else if (!MayBeBetween(i))
            {
                return;
            }

            isSame = (liveness.EffectsOf(pc).Writes >> (int)register & 1) == 0;
        }
    }

    /// <summary>Arithmetic, and conditions: where one leads away, more was asked than was needed.</summary>
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

    /// <summary>Of a load or a store that is not atomic.</summary>
    private static MemoryAccess? AccessOf(in Instruction i, int pc, out Register address)
    {
        address = (Register)(i.Class == InstructionClass.Ldx ? i.Src : i.Dst);
        if (i.Class is not (InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx)) return null;
        InstructionDef row = InstructionTable.Of(i);
        bool isPlain = row.Operation is Operation.Load or Operation.LoadSigned or Operation.Store or Operation.StoreImmediate;
        return isPlain ? new MemoryAccess(pc, i.Offset, (int)row.Size, i.Class != InstructionClass.Ldx) : null;
    }
}
