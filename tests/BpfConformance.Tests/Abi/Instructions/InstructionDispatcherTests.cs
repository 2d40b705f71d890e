using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Instructions;

/// <summary>Every row calls one method of the visitor, with its operands.</summary>
[TestFixture]
public sealed class InstructionDispatcherTests
{
    // At pc 1, with dst r2, src r3, offset 4, imm 5 and next_imm 6 where the row leaves them free.
    [TestCase("add32-imm", "Alu Add W32 R2 imm 5")]
    [TestCase("sub64-reg", "Alu Sub W64 R2 R3")]
    [TestCase("mul32-reg", "Alu Mul W32 R2 R3")]
    [TestCase("div64-imm", "Alu Div W64 R2 imm 5")]
    [TestCase("sdiv64-imm", "Alu SDiv W64 R2 imm 5")]
    [TestCase("or32-imm", "Alu Or W32 R2 imm 5")]
    [TestCase("and64-reg", "Alu And W64 R2 R3")]
    [TestCase("lsh32-reg", "Alu Lsh W32 R2 R3")]
    [TestCase("rsh64-imm", "Alu Rsh W64 R2 imm 5")]
    [TestCase("neg32", "Alu Neg W32 R2 imm 0")]
    [TestCase("neg64", "Alu Neg W64 R2 imm 0")]
    [TestCase("mod32-imm", "Alu Mod W32 R2 imm 5")]
    [TestCase("smod64-reg", "Alu SMod W64 R2 R3")]
    [TestCase("xor64-reg", "Alu Xor W64 R2 R3")]
    [TestCase("mov32-imm", "Alu Mov W32 R2 imm 5")]
    [TestCase("arsh64-reg", "Alu Arsh W64 R2 R3")]
    [TestCase("movsx32-8", "MoveSignExtend W32 8 R2 R3")]
    [TestCase("movsx32-16", "MoveSignExtend W32 16 R2 R3")]
    [TestCase("movsx64-32", "MoveSignExtend W64 32 R2 R3")]
    [TestCase("le16", "ByteSwap ToLittleEndian 16 R2")]
    [TestCase("be32", "ByteSwap ToBigEndian 32 R2")]
    [TestCase("bswap64", "ByteSwap Swap 64 R2")]
    [TestCase("lddw-imm", "LoadImm64 Immediate R2 5 6")]
    [TestCase("lddw-map-fd", "LoadImm64 MapByFd R2 5 0")]
    [TestCase("lddw-map-value-fd", "LoadImm64 MapValueByFd R2 5 6")]
    [TestCase("lddw-var", "LoadImm64 Variable R2 5 0")]
    [TestCase("lddw-code", "LoadImm64 Code R2 5 0")]
    [TestCase("lddw-map-idx", "LoadImm64 MapByIndex R2 5 0")]
    [TestCase("lddw-map-value-idx", "LoadImm64 MapValueByIndex R2 5 6")]
    [TestCase("ldx8", "Load Byte False R2 R3 4")]
    [TestCase("ldx64", "Load Double False R2 R3 4")]
    [TestCase("ldxs16", "Load Half True R2 R3 4")]
    [TestCase("ldxs32", "Load Word True R2 R3 4")]
    [TestCase("st16", "Store Half R2 4 imm 5")]
    [TestCase("stx32", "Store Word R2 4 R3")]
    [TestCase("atomic-add32", "Atomic Add False Word R2 4 R3")]
    [TestCase("atomic-or64-fetch", "Atomic Or True Double R2 4 R3")]
    [TestCase("atomic-and32-fetch", "Atomic And True Word R2 4 R3")]
    [TestCase("atomic-xor64", "Atomic Xor False Double R2 4 R3")]
    [TestCase("atomic-xchg32", "Atomic Xchg True Word R2 4 R3")]
    [TestCase("atomic-cmpxchg64", "Atomic Cmpxchg True Double R2 4 R3")]
    [TestCase("load-acquire16", "LoadAcquire Half R2 R3 4")]
    [TestCase("store-release8", "StoreRelease Byte R2 4 R3")]
    [TestCase("ja", "Jump 6")]
    [TestCase("ja32", "Jump 7")]
    [TestCase("jeq32-imm", "JumpIf Jeq W32 R2 imm 5 6")]
    [TestCase("jgt64-reg", "JumpIf Jgt W64 R2 R3 6")]
    [TestCase("jge32-reg", "JumpIf Jge W32 R2 R3 6")]
    [TestCase("jset64-imm", "JumpIf Jset W64 R2 imm 5 6")]
    [TestCase("jne64-reg", "JumpIf Jne W64 R2 R3 6")]
    [TestCase("jsgt32-imm", "JumpIf Jsgt W32 R2 imm 5 6")]
    [TestCase("jsge64-imm", "JumpIf Jsge W64 R2 imm 5 6")]
    [TestCase("jlt64-imm", "JumpIf Jlt W64 R2 imm 5 6")]
    [TestCase("jle32-reg", "JumpIf Jle W32 R2 R3 6")]
    [TestCase("jslt64-reg", "JumpIf Jslt W64 R2 R3 6")]
    [TestCase("jsle32-imm", "JumpIf Jsle W32 R2 imm 5 6")]
    [TestCase("may-goto", "MayGoto 6")]
    [TestCase("call-helper", "CallHelper 5")]
    [TestCase("call-local", "CallLocal 7")]
    [TestCase("call-btf", "CallKernel 5")]
    [TestCase("callx", "CallRegister R2")]
    [TestCase("exit", "Exit")]
    [TestCase("ldabs16", "LegacyPacket Half none 5")]
    [TestCase("ldind32", "LegacyPacket Word R3 5")]
    [TestCase("addr-space-cast-kern", "AddressSpaceCast R2 R3 1")]
    [TestCase("addr-space-cast-user", "AddressSpaceCast R2 R3 65536")]
    public void Visit_Row_CallsItsMethodWithItsOperands(string name, string expected) =>
        Assert.That(Visit(InstructionTable.Named(name)), Is.EqualTo(new[] { expected }));

    [TestCaseSource(nameof(Names))]
    public void Visit_EveryRow_CallsOneMethod(string name) =>
        Assert.That(Visit(InstructionTable.Named(name)), Has.Count.EqualTo(1));

    [Test]
    public void Visit_RowsThatDiffer_CallDifferently()
    {
        // Each row has a call of its own; JA and JA32 lead elsewhere only because offset and imm differ here.
        IEnumerable<string> calls = InstructionTable.Rows.Select(row => Visit(row).Single());
        Assert.That(calls, Is.Unique);
    }

    [Test]
    public void Visit_WhatNoRowMatches_IsUnreachable()
    {
        var recorder = new Recorder([]);
        Assert.That(
            () => InstructionDispatcher.Visit(ref recorder, [new Instruction(0xff, 0, 0, 0)], 0),
            Throws.TypeOf<UnreachableException>());
    }

    private static IEnumerable<string> Names() => InstructionTable.Rows.Select(row => row.Name);

    private static List<string> Visit(InstructionDef row)
    {
        var first = new Instruction(
            row.Opcode,
            (Register)Value(row.Dst, 2),
            (Register)Value(row.Src, 3),
            (short)Value(row.Offset, 4),
            Value(row.Immediate, 5));
        var second = new Instruction(0, 0, 0, row.NextImmediate is { } next ? Value(next, 6) : 0);
        var recorder = new Recorder([]);
        InstructionDispatcher.Visit(ref recorder, [new Instruction(0x95, 0, 0, 0), first, second], 1);
        return recorder.Calls;

        static int Value(FieldRule rule, int free) =>
            rule.Kind is FieldRuleKind.Zero or FieldRuleKind.Exactly ? rule.Value : free;
    }

    /// <summary>Writes down what is called.</summary>
    private readonly struct Recorder(List<string> calls) : IInstructionVisitor
    {
        public List<string> Calls => calls;

        public void Alu(AluOperation operation, OperandWidth width, Register dst, Operand src) =>
            calls.Add($"Alu {operation} {width} {dst} {Text(src)}");

        public void MoveSignExtend(OperandWidth width, int sourceBits, Register dst, Register src) =>
            calls.Add($"MoveSignExtend {width} {sourceBits} {dst} {src}");

        public void ByteSwap(ByteSwapOperation operation, int bits, Register dst) =>
            calls.Add($"ByteSwap {operation} {bits} {dst}");

        public void LoadImm64(LoadImm64Source source, Register dst, int immediate, int nextImmediate) =>
            calls.Add($"LoadImm64 {source} {dst} {immediate} {nextImmediate}");

        public void Load(MemorySize size, bool signExtend, Register dst, Register address, short offset) =>
            calls.Add($"Load {size} {signExtend} {dst} {address} {offset}");

        public void Store(MemorySize size, Register address, short offset, Operand value) =>
            calls.Add($"Store {size} {address} {offset} {Text(value)}");

        public void Atomic(
            AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src) =>
            calls.Add($"Atomic {operation} {fetch} {size} {address} {offset} {src}");

        public void LoadAcquire(MemorySize size, Register dst, Register address, short offset) =>
            calls.Add($"LoadAcquire {size} {dst} {address} {offset}");

        public void StoreRelease(MemorySize size, Register address, short offset, Register src) =>
            calls.Add($"StoreRelease {size} {address} {offset} {src}");

        public void Jump(int target) => calls.Add($"Jump {target}");

        public void JumpIf(JumpCondition condition, OperandWidth width, Register dst, Operand src, int target) =>
            calls.Add($"JumpIf {condition} {width} {dst} {Text(src)} {target}");

        public void MayGoto(int target) => calls.Add($"MayGoto {target}");

        public void CallHelper(int helper) => calls.Add($"CallHelper {helper}");

        public void CallLocal(int target) => calls.Add($"CallLocal {target}");

        public void CallKernel(int btfId) => calls.Add($"CallKernel {btfId}");

        public void CallRegister(Register helper) => calls.Add($"CallRegister {helper}");

        public void Exit() => calls.Add("Exit");

        public void LegacyPacket(MemorySize size, Register? index, int immediate) =>
            calls.Add($"LegacyPacket {size} {index?.ToString() ?? "none"} {immediate}");

        public void AddressSpaceCast(Register dst, Register src, int spaces) =>
            calls.Add($"AddressSpaceCast {dst} {src} {spaces}");

        private static string Text(Operand operand) =>
            operand.IsRegister ? $"{operand.Register}" : $"imm {operand.Immediate}";
    }
}
