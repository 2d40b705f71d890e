using BpfConformance.Jit.X64;
using Iced.Intel;
using Decoded = Iced.Intel.Instruction;
using DecodedRegister = Iced.Intel.Register;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What the code of any program keeps to, found out by another decoder.</summary>
internal sealed unsafe class CodeRules
{
    private static readonly HashSet<ulong> s_routines = [.. Enumerable
        .Range((int)SharedRoutine.CheckLoad, SharedRoutine.Enter - SharedRoutine.CheckLoad)
        .Select(routine => (ulong)SharedCode.Instance.AddressOf((SharedRoutine)routine))];

    private static readonly ulong[] s_ends =
        [(ulong)SharedCode.Instance.AddressOf(SharedRoutine.RaiseFault), (ulong)SharedCode.Instance.AddressOf(SharedRoutine.RaiseOutOfBudget)];

    private readonly InstructionInfoFactory _effects = new();
    private readonly Disassembly _disassembly = new();
    private HashSet<ulong> _starts = [];

    /// <summary>The first instruction that breaks a rule, and which; <c>null</c>: there is none.</summary>
    /// <param name="code">All of the program's.</param>
    /// <param name="address">Where it lies.</param>
    /// <param name="functions">Offsets of the functions.</param>
    /// <param name="isMetered">Whether it counts instructions.</param>
    public string? FirstBroken(ReadOnlySpan<byte> code, ulong address, IReadOnlyCollection<int> functions, bool isMetered)
    {
        List<Decoded> instructions = Disassembly.Of(code, address);
        _starts = [.. instructions.Select(each => each.IP)];
        if (instructions[^1].NextIP != address + (ulong)code.Length) return "the last instruction is not all there";
        if (!EndsRun(instructions[^1])) return $"{_disassembly.TextOf(instructions[^1])}: it goes on behind the end";
        foreach (Decoded each in instructions)
        {
            string? broken = each.IsInvalid ? "is no instruction" : BrokenFlow(each, address, functions) ?? BrokenRegisters(each, isMetered) ?? BrokenSize(each);
            if (broken is not null) return $"+{each.IP - address} {_disassembly.TextOf(each)}: {broken}";
        }

        return null;
    }

    private static bool EndsRun(in Decoded last) =>
        last.FlowControl is FlowControl.Return or FlowControl.UnconditionalBranch
        || (last.FlowControl == FlowControl.Call && s_ends.Contains(last.NearBranchTarget));

    private string? BrokenFlow(in Decoded each, ulong address, IReadOnlyCollection<int> functions)
    {
        ulong target = each.NearBranchTarget;
        return each.FlowControl switch
        {
            FlowControl.Next or FlowControl.Return => null,
            FlowControl.ConditionalBranch or FlowControl.UnconditionalBranch =>
                !_starts.Contains(target) ? "leads to no instruction" : CouldBeShort(each) ? "could be short" : null,
            FlowControl.Call => s_routines.Contains(target) || functions.Contains((int)(target - address)) ? null : "calls no function",
            FlowControl.IndirectCall when each.Op0Register == DecodedRegister.RAX => null, // a function that a helper calls
            FlowControl.IndirectBranch when each.Op0Register == DecodedRegister.RAX => null, // a tail call
            _ => "is no way to go on",
        };
    }

    /// <summary>A long jump, made short, ends three or four bytes earlier; so does what lies behind it.</summary>
    private static bool CouldBeShort(in Decoded jump)
    {
        long distance = (long)(jump.NearBranchTarget - jump.NextIP);
        if (jump.Length == 2) return false;
        return distance >= 0 ? distance <= sbyte.MaxValue : distance + jump.Length - 2 >= sbyte.MinValue;
    }

    /// <summary>rsp moves as calls and frames do, r12 stays the machine, r10 is what is left of the budget.</summary>
    private string? BrokenRegisters(in Decoded each, bool isMetered)
    {
        foreach (UsedRegister used in _effects.GetInfo(each).GetUsedRegisters())
        {
            bool isWritten = used.Access is not (OpAccess.None or OpAccess.Read or OpAccess.CondRead or OpAccess.NoMemAccess);
            if (!isWritten) continue;
            switch (used.Register.GetFullRegister())
            {
                case DecodedRegister.RSP when each.Mnemonic is not (Mnemonic.Push or Mnemonic.Pop or Mnemonic.Add or Mnemonic.Sub or Mnemonic.Ret or Mnemonic.Call):
                    return "moves rsp";
                case DecodedRegister.R12:
                    return "writes r12";
                case DecodedRegister.R10 when !isMetered || each.Mnemonic is not (Mnemonic.Sub or Mnemonic.Add) || each.Op1Kind == OpKind.Register:
                    return "writes r10";
            }
        }

        return null;
    }

    /// <summary>What 32 bits do is not done with 64, where the compiler chooses.</summary>
    private static string? BrokenSize(in Decoded each)
    {
        bool isBroken = each.Code switch
        {
            Code.Mov_rm64_imm32 => each.Op0Kind == OpKind.Register && each.GetImmediate(1) <= int.MaxValue,
            Code.Mov_r64_imm64 => each.Immediate64 <= uint.MaxValue || (long)each.Immediate64 == (int)each.Immediate64,
            Code.Movzx_r64_rm8 or Code.Movzx_r64_rm16 => true,
            _ => false,
        };
        return isBroken ? "would do with 32 bits, or fewer bytes" : null;
    }
}
