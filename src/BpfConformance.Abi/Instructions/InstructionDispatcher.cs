using System.Diagnostics;

namespace BpfConformance.Abi.Instructions;

/// <summary>The only switch on the shape of instructions; used once per instruction at load, never per executed step.</summary>
public static class InstructionDispatcher
{
    /// <summary>Calls the visitor's method for the instruction at <paramref name="pc"/> of a validated program.</summary>
    public static void Visit<T>(ref T visitor, ReadOnlySpan<Instruction> program, int pc)
        where T : IInstructionVisitor, allows ref struct
    {
        Instruction i = program[pc];
        InstructionDef def = InstructionTable.Of(i);
        var dst = (Register)i.Dst;
        var src = (Register)i.Src;
        var operand = new Operand(def.HasSourceRegister, def.HasSourceRegister ? src : default, i.Immediate);

        switch (def.Operation)
        {
            case Operation.Add: visitor.Alu(AluOperation.Add, def.Width, dst, operand); break;
            case Operation.Sub: visitor.Alu(AluOperation.Sub, def.Width, dst, operand); break;
            case Operation.Mul: visitor.Alu(AluOperation.Mul, def.Width, dst, operand); break;
            case Operation.Div: visitor.Alu(AluOperation.Div, def.Width, dst, operand); break;
            case Operation.SDiv: visitor.Alu(AluOperation.SDiv, def.Width, dst, operand); break;
            case Operation.Or: visitor.Alu(AluOperation.Or, def.Width, dst, operand); break;
            case Operation.And: visitor.Alu(AluOperation.And, def.Width, dst, operand); break;
            case Operation.Lsh: visitor.Alu(AluOperation.Lsh, def.Width, dst, operand); break;
            case Operation.Rsh: visitor.Alu(AluOperation.Rsh, def.Width, dst, operand); break;
            case Operation.Neg: visitor.Alu(AluOperation.Neg, def.Width, dst, operand); break;
            case Operation.Mod: visitor.Alu(AluOperation.Mod, def.Width, dst, operand); break;
            case Operation.SMod: visitor.Alu(AluOperation.SMod, def.Width, dst, operand); break;
            case Operation.Xor: visitor.Alu(AluOperation.Xor, def.Width, dst, operand); break;
            case Operation.Mov: visitor.Alu(AluOperation.Mov, def.Width, dst, operand); break;
            case Operation.Arsh: visitor.Alu(AluOperation.Arsh, def.Width, dst, operand); break;
            case Operation.MovSx: visitor.MoveSignExtend(def.Width, i.Offset, dst, src); break;

            case Operation.ToLittleEndian: visitor.ByteSwap(ByteSwapOperation.ToLittleEndian, i.Immediate, dst); break;
            case Operation.ToBigEndian: visitor.ByteSwap(ByteSwapOperation.ToBigEndian, i.Immediate, dst); break;
            case Operation.Swap: visitor.ByteSwap(ByteSwapOperation.Swap, i.Immediate, dst); break;

            case Operation.Jeq: visitor.JumpIf(JumpCondition.Jeq, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jgt: visitor.JumpIf(JumpCondition.Jgt, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jge: visitor.JumpIf(JumpCondition.Jge, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jset: visitor.JumpIf(JumpCondition.Jset, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jne: visitor.JumpIf(JumpCondition.Jne, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jsgt: visitor.JumpIf(JumpCondition.Jsgt, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jsge: visitor.JumpIf(JumpCondition.Jsge, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jlt: visitor.JumpIf(JumpCondition.Jlt, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jle: visitor.JumpIf(JumpCondition.Jle, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jslt: visitor.JumpIf(JumpCondition.Jslt, def.Width, dst, operand, pc + 1 + i.Offset); break;
            case Operation.Jsle: visitor.JumpIf(JumpCondition.Jsle, def.Width, dst, operand, pc + 1 + i.Offset); break;

            case Operation.Ja: visitor.Jump(JumpTargets.Of(i, pc)); break;
            case Operation.MayGoto: visitor.MayGoto(pc + 1 + i.Offset); break;
            case Operation.CallHelper: visitor.CallHelper(i.Immediate); break;
            case Operation.CallLocal: visitor.CallLocal(pc + 1 + i.Immediate); break;
            case Operation.CallKernel: visitor.CallKernel(i.Immediate); break;
            case Operation.CallRegister: visitor.CallRegister(dst); break;
            case Operation.Exit: visitor.Exit(); break;

            case Operation.Load: visitor.Load(def.Size, signExtend: false, dst, src, i.Offset); break;
            case Operation.LoadSigned: visitor.Load(def.Size, signExtend: true, dst, src, i.Offset); break;
            case Operation.StoreImmediate:
                visitor.Store(def.Size, dst, i.Offset, new Operand(IsRegister: false, default, i.Immediate));
                break;
            case Operation.Store:
                visitor.Store(def.Size, dst, i.Offset, new Operand(IsRegister: true, src, 0));
                break;
            case Operation.AtomicAdd: visitor.Atomic(AtomicOperation.Add, def.IsFetch, def.Size, dst, i.Offset, src); break;
            case Operation.AtomicOr: visitor.Atomic(AtomicOperation.Or, def.IsFetch, def.Size, dst, i.Offset, src); break;
            case Operation.AtomicAnd: visitor.Atomic(AtomicOperation.And, def.IsFetch, def.Size, dst, i.Offset, src); break;
            case Operation.AtomicXor: visitor.Atomic(AtomicOperation.Xor, def.IsFetch, def.Size, dst, i.Offset, src); break;
            case Operation.AtomicXchg: visitor.Atomic(AtomicOperation.Xchg, fetch: true, def.Size, dst, i.Offset, src); break;
            case Operation.AtomicCmpxchg: visitor.Atomic(AtomicOperation.Cmpxchg, fetch: true, def.Size, dst, i.Offset, src); break;
            case Operation.LoadAcquire: visitor.LoadAcquire(def.Size, dst, src, i.Offset); break;
            case Operation.StoreRelease: visitor.StoreRelease(def.Size, dst, i.Offset, src); break;

            case Operation.LoadImm64:
                visitor.LoadImm64((LoadImm64Source)i.Src, dst, i.Immediate, program[pc + 1].Immediate);
                break;
            case Operation.LegacyAbsolute: visitor.LegacyPacket(def.Size, index: null, i.Immediate); break;
            case Operation.LegacyIndirect: visitor.LegacyPacket(def.Size, src, i.Immediate); break;
            case Operation.AddressSpaceCast: visitor.AddressSpaceCast(dst, src, i.Immediate); break;
            default: throw new UnreachableException($"{def.Operation} has no shape");
        }
    }
}
