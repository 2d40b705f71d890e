namespace BpfConformance.Abi.Instructions;

/// <summary>
/// One method per shape of instruction. Whoever gives instructions a meaning implements it, and the compiler names
/// the shapes that are missing. Targets are absolute pcs; the instruction's own pc is the caller's.
/// </summary>
public interface IInstructionVisitor
{
    void Alu(AluOperation operation, OperandWidth width, Register dst, Operand src);

    /// <summary>dst = the low <paramref name="sourceBits"/> of src, sign-extended to <paramref name="width"/>.</summary>
    void MoveSignExtend(OperandWidth width, int sourceBits, Register dst, Register src);

    void ByteSwap(ByteSwapOperation operation, int bits, Register dst);

    void LoadImm64(LoadImm64Source source, Register dst, int immediate, int nextImmediate);

    void Load(MemorySize size, bool signExtend, Register dst, Register address, short offset);

    void Store(MemorySize size, Register address, short offset, Operand value);

    void Atomic(AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src);

    void LoadAcquire(MemorySize size, Register dst, Register address, short offset);

    void StoreRelease(MemorySize size, Register address, short offset, Register src);

    void Jump(int target);

    void JumpIf(JumpCondition condition, OperandWidth width, Register dst, Operand src, int target);

    void MayGoto(int target);

    void CallHelper(int helper);

    void CallLocal(int target);

    void CallKernel(int btfId);

    /// <summary>Call of the helper whose number is in a register.</summary>
    void CallRegister(Register helper);

    void Exit();

    /// <summary>r0 = big-endian packet bytes at immediate, plus the register <paramref name="index"/> when there is one.</summary>
    void LegacyPacket(MemorySize size, Register? index, int immediate);

    void AddressSpaceCast(Register dst, Register src, int spaces);
}
