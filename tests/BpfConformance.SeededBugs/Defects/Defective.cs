using BpfConformance.Abi.Instructions;
using BpfConformance.Jit;

namespace BpfConformance.SeededBugs.Defects;

/// <summary>What is wrong with a compiler: the methods that it states do something else than the sound one's.</summary>
internal interface IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    static virtual void Alu(ref TCompiler sound, AluOperation operation, OperandWidth width, Register dst, Operand src) => sound.Alu(operation, width, dst, src);

    static virtual void ByteSwap(ref TCompiler sound, ByteSwapOperation operation, int bits, Register dst) => sound.ByteSwap(operation, bits, dst);

    static virtual void LoadImm64(ref TCompiler sound, LoadImm64Source source, Register dst, int immediate, int nextImmediate) =>
        sound.LoadImm64(source, dst, immediate, nextImmediate);

    static virtual void Load(ref TCompiler sound, MemorySize size, bool signExtend, Register dst, Register address, short offset) =>
        sound.Load(size, signExtend, dst, address, offset);

    static virtual void Store(ref TCompiler sound, MemorySize size, Register address, short offset, Operand value) => sound.Store(size, address, offset, value);

    static virtual void Atomic(ref TCompiler sound, AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src) =>
        sound.Atomic(operation, fetch, size, address, offset, src);

    static virtual void JumpIf(ref TCompiler sound, JumpCondition condition, OperandWidth width, Register dst, Operand src, int target) =>
        sound.JumpIf(condition, width, dst, src, target);

    static virtual void CallHelper(ref TCompiler sound, int helper) => sound.CallHelper(helper);
}

/// <summary>Hands the instructions to a compiler through a defect.</summary>
internal readonly struct Through<TDefect, TCompiler> : IDelivery<TCompiler>
    where TDefect : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    public static void Deliver(ref TCompiler compiler, ReadOnlySpan<Instruction> program, int pc)
    {
        var defective = new Defective<TDefect, TCompiler>(compiler);
        InstructionDispatcher.Visit(ref defective, program, pc);
        compiler = defective.Sound; // no field can refer to it
    }
}

/// <summary>A compiler with a defect.</summary>
internal ref struct Defective<TDefect, TCompiler>(TCompiler sound) : IInstructionVisitor
    where TDefect : IDefect<TCompiler>
    where TCompiler : IInstructionVisitor, allows ref struct
{
    private TCompiler _sound = sound;

    public readonly TCompiler Sound => _sound;

    public void Alu(AluOperation operation, OperandWidth width, Register dst, Operand src) => TDefect.Alu(ref _sound, operation, width, dst, src);

    public void MoveSignExtend(OperandWidth width, int sourceBits, Register dst, Register src) => _sound.MoveSignExtend(width, sourceBits, dst, src);

    public void ByteSwap(ByteSwapOperation operation, int bits, Register dst) => TDefect.ByteSwap(ref _sound, operation, bits, dst);

    public void LoadImm64(LoadImm64Source source, Register dst, int immediate, int nextImmediate) =>
        TDefect.LoadImm64(ref _sound, source, dst, immediate, nextImmediate);

    public void Load(MemorySize size, bool signExtend, Register dst, Register address, short offset) =>
        TDefect.Load(ref _sound, size, signExtend, dst, address, offset);

    public void Store(MemorySize size, Register address, short offset, Operand value) => TDefect.Store(ref _sound, size, address, offset, value);

    public void Atomic(AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src) =>
        TDefect.Atomic(ref _sound, operation, fetch, size, address, offset, src);

    public void LoadAcquire(MemorySize size, Register dst, Register address, short offset) => _sound.LoadAcquire(size, dst, address, offset);

    public void StoreRelease(MemorySize size, Register address, short offset, Register src) => _sound.StoreRelease(size, address, offset, src);

    public void Jump(int target) => _sound.Jump(target);

    public void JumpIf(JumpCondition condition, OperandWidth width, Register dst, Operand src, int target) =>
        TDefect.JumpIf(ref _sound, condition, width, dst, src, target);

    public void MayGoto(int target) => _sound.MayGoto(target);

    public void CallHelper(int helper) => TDefect.CallHelper(ref _sound, helper);

    public void CallLocal(int target) => _sound.CallLocal(target);

    public void CallKernel(int btfId) => _sound.CallKernel(btfId);

    public void CallRegister(Register helper) => _sound.CallRegister(helper);

    public void Exit() => _sound.Exit();

    public void LegacyPacket(MemorySize size, Register? index, int immediate) => _sound.LegacyPacket(size, index, immediate);

    public void AddressSpaceCast(Register dst, Register src, int spaces) => _sound.AddressSpaceCast(dst, src, spaces);
}
