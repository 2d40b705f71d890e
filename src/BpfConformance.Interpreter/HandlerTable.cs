using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Interpreter;

/// <summary>
/// The reference meaning: one handler for each row of <see cref="InstructionTable"/>. Immutable; a copy with one
/// row replaced is a machine with one defect.
/// </summary>
public sealed unsafe class HandlerTable
{
    private readonly Handler?[] _handlers;

    /// <summary>Addresses of those that were asked for: compiling all would take longer than most programs run.</summary>
    private readonly nint[] _code;

    /// <summary>Calls of helpers by which control goes elsewhere.</summary>
    private readonly LeavingCalls _leaving;

    private HandlerTable(Handler?[] handlers, nint[] code, LeavingCalls leaving, bool isSanitized)
    {
        (_handlers, _code, _leaving, IsSanitized) = (handlers, code, leaving, isSanitized);
    }

    /// <summary>Bounds-checked.</summary>
    public static HandlerTable Checked { get; } = Build<NoShadow>(isSanitized: false);

    /// <summary>Bounds-checked, and faults on what nothing has written and on what is no pointer.</summary>
    public static HandlerTable Sanitized { get; } = Build<FullShadow>(isSanitized: true);

    /// <summary>Whether provenance is tracked.</summary>
    public bool IsSanitized { get; }

    /// <summary>The meaning of a row; <c>null</c>: this machine does not have the instruction.</summary>
    public Handler? MeaningOf(InstructionDef row) => _handlers[row.Index];

    /// <summary>A copy with another meaning for one row.</summary>
    /// <exception cref="ArgumentException">The handler is no static method: it is called by address, without an object.</exception>
    public HandlerTable With(InstructionDef row, Handler handler)
    {
        if (!handler.Method.IsStatic) throw new ArgumentException("a handler must be a static method", nameof(handler));
        var handlers = (Handler?[])_handlers.Clone();
        handlers[row.Index] = handler;
        var code = (nint[])_code.Clone();
        code[row.Index] = 0;
        return new HandlerTable(handlers, code, _leaving, IsSanitized);
    }

    /// <summary>What to call for a row that this machine has.</summary>
    internal delegate*<Slot*, Machine*, Slot*> CodeOf(InstructionDef row)
    {
        ref nint code = ref _code[row.Index];
        if (code == 0) code = HandlerCode.Of(_handlers[row.Index]!); // HandlerTableCoverageTests: those that the binder lets pass have one
        return (delegate*<Slot*, Machine*, Slot*>)code;
    }

    /// <summary>What to call for a tail call.</summary>
    internal delegate*<Slot*, Machine*, Slot*> TailCall => (delegate*<Slot*, Machine*, Slot*>)HandlerCode.Of(_leaving.TailCall);

    /// <summary>What to call for a helper that calls functions of the program.</summary>
    internal delegate*<Slot*, Machine*, Slot*> Callback => (delegate*<Slot*, Machine*, Slot*>)HandlerCode.Of(_leaving.Callback);

    /// <summary>What to call when such a function has returned.</summary>
    internal delegate*<Slot*, Machine*, Slot*> Resume => (delegate*<Slot*, Machine*, Slot*>)HandlerCode.Of(_leaving.Resume);

    private static HandlerTable Build<S>(bool isSanitized)
        where S : struct, IShadow
    {
        var rows = new RowSetter<S>();

        rows.Alu<Add>("add");
        rows.Alu<Sub>("sub");
        rows.Alu<Mul>("mul");
        rows.Alu<Div>("div");
        rows.Alu<SDiv>("sdiv");
        rows.Alu<Or>("or");
        rows.Alu<And>("and");
        rows.Alu<Lsh>("lsh");
        rows.Alu<Rsh>("rsh");
        rows.Alu<Mod>("mod");
        rows.Alu<SMod>("smod");
        rows.Alu<Xor>("xor");
        rows.Alu<Mov>("mov");
        rows.Alu<Arsh>("arsh");
        rows.Set("neg32", AluHandlers.Alu32<Neg, FromImmediate, S>);
        rows.Set("neg64", AluHandlers.Alu64<Neg, FromImmediate, S>);
        rows.Set("movsx32-8", AluHandlers.Extend<LowHalfOf<SignExtend8>, S>);
        rows.Set("movsx32-16", AluHandlers.Extend<LowHalfOf<SignExtend16>, S>);
        rows.Set("movsx64-8", AluHandlers.Extend<SignExtend8, S>);
        rows.Set("movsx64-16", AluHandlers.Extend<SignExtend16, S>);
        rows.Set("movsx64-32", AluHandlers.Extend<SignExtend32, S>);

        rows.Set("le16", AluHandlers.InPlace<Truncate16, S>);
        rows.Set("le32", AluHandlers.InPlace<Truncate32, S>);
        rows.Set("le64", AluHandlers.InPlace<Keep64, S>);
        rows.Set("be16", AluHandlers.InPlace<Swap16, S>);
        rows.Set("be32", AluHandlers.InPlace<Swap32, S>);
        rows.Set("be64", AluHandlers.InPlace<Swap64, S>);
        rows.Set("bswap16", AluHandlers.InPlace<Swap16, S>);
        rows.Set("bswap32", AluHandlers.InPlace<Swap32, S>);
        rows.Set("bswap64", AluHandlers.InPlace<Swap64, S>);

        rows.Set("ja", JumpHandlers.Jump);
        rows.Set("ja32", JumpHandlers.Jump);
        rows.JumpIf<Jeq>("jeq");
        rows.JumpIf<Jgt>("jgt");
        rows.JumpIf<Jge>("jge");
        rows.JumpIf<Jset>("jset");
        rows.JumpIf<Jne>("jne");
        rows.JumpIf<Jsgt>("jsgt");
        rows.JumpIf<Jsge>("jsge");
        rows.JumpIf<Jlt>("jlt");
        rows.JumpIf<Jle>("jle");
        rows.JumpIf<Jslt>("jslt");
        rows.JumpIf<Jsle>("jsle");
        rows.Set("may-goto", JumpHandlers.MayGoto<S>);

        rows.Set("call-helper", CallHandlers.CallHelper<S>);
        rows.Set("call-local", CallHandlers.CallLocal<S>);
        rows.Set("callx", CallHandlers.CallRegister<S>);
        rows.Set("exit", CallHandlers.Exit<S>);

        foreach (LoadImm64Source source in Enum.GetValues<LoadImm64Source>())
        {
            // A variable's address is the decoder's to refuse: this machine has none.
            if (source != LoadImm64Source.Variable) rows.Set(RowOf(source), AluHandlers.LoadImm64<S>);
        }

        rows.Set("ldx8", MemoryHandlers.Load<byte, S>);
        rows.Set("ldx16", MemoryHandlers.Load<ushort, S>);
        rows.Set("ldx32", MemoryHandlers.Load<uint, S>);
        rows.Set("ldx64", MemoryHandlers.Load<ulong, S>);
        rows.Set("ldxs8", MemoryHandlers.Load<sbyte, S>);
        rows.Set("ldxs16", MemoryHandlers.Load<short, S>);
        rows.Set("ldxs32", MemoryHandlers.Load<int, S>);
        rows.Set("st8", MemoryHandlers.Store<byte, FromImmediate, S>);
        rows.Set("st16", MemoryHandlers.Store<ushort, FromImmediate, S>);
        rows.Set("st32", MemoryHandlers.Store<uint, FromImmediate, S>);
        rows.Set("st64", MemoryHandlers.Store<ulong, FromImmediate, S>);
        rows.Set("stx8", MemoryHandlers.Store<byte, FromRegister, S>);
        rows.Set("stx16", MemoryHandlers.Store<ushort, FromRegister, S>);
        rows.Set("stx32", MemoryHandlers.Store<uint, FromRegister, S>);
        rows.Set("stx64", MemoryHandlers.Store<ulong, FromRegister, S>);
        rows.Set("load-acquire8", MemoryHandlers.LoadAcquire<byte, S>);
        rows.Set("load-acquire16", MemoryHandlers.LoadAcquire<ushort, S>);
        rows.Set("load-acquire32", MemoryHandlers.LoadAcquire<uint, S>);
        rows.Set("load-acquire64", MemoryHandlers.LoadAcquire<ulong, S>);
        rows.Set("store-release8", MemoryHandlers.StoreRelease<byte, S>);
        rows.Set("store-release16", MemoryHandlers.StoreRelease<ushort, S>);
        rows.Set("store-release32", MemoryHandlers.StoreRelease<uint, S>);
        rows.Set("store-release64", MemoryHandlers.StoreRelease<ulong, S>);

        rows.Atomic<AtomicAdd>("add");
        rows.Atomic<AtomicOr>("or");
        rows.Atomic<AtomicAnd>("and");
        rows.Atomic<AtomicXor>("xor");
        rows.Set("atomic-xchg32", MemoryHandlers.Atomic32<AtomicXchg, FetchToSrc, S>);
        rows.Set("atomic-xchg64", MemoryHandlers.Atomic64<AtomicXchg, FetchToSrc, S>);
        rows.Set("atomic-cmpxchg32", MemoryHandlers.Atomic32<AtomicCmpxchg, FetchToR0, S>);
        rows.Set("atomic-cmpxchg64", MemoryHandlers.Atomic64<AtomicCmpxchg, FetchToR0, S>);

        rows.Set("ldabs8", CallHandlers.LegacyPacket<byte, FromImmediate, S>);
        rows.Set("ldabs16", CallHandlers.LegacyPacket<ushort, FromImmediate, S>);
        rows.Set("ldabs32", CallHandlers.LegacyPacket<uint, FromImmediate, S>);
        rows.Set("ldind8", CallHandlers.LegacyPacket<byte, FromRegister, S>);
        rows.Set("ldind16", CallHandlers.LegacyPacket<ushort, FromRegister, S>);
        rows.Set("ldind32", CallHandlers.LegacyPacket<uint, FromRegister, S>);

        return new HandlerTable(rows.Handlers, new nint[rows.Handlers.Length], new LeavingCalls(TailCallHandler.TailCall<S>, CallbackHandlers.Call<S>, CallbackHandlers.Resume<S>), isSanitized);
    }

    private static string RowOf(LoadImm64Source source) =>
        InstructionTable.WithOpcode(Opcodes.LoadImm64).Single(row => row.Src.Allows((int)source)).Name;

    private sealed record LeavingCalls(Handler TailCall, Handler Callback, Handler Resume);

    /// <summary>Fills the rows of one operation in all its widths and sources.</summary>
    private readonly struct RowSetter<S>()
        where S : struct, IShadow
    {
        public Handler?[] Handlers { get; } = new Handler?[InstructionTable.Rows.Length];

        public void Set(string row, Handler handler) => Handlers[InstructionTable.Named(row).Index] = handler;

        public void Alu<TOperation>(string name)
            where TOperation : struct, IAluOperation
        {
            Set($"{name}32-imm", AluHandlers.Alu32<TOperation, FromImmediate, S>);
            Set($"{name}32-reg", AluHandlers.Alu32<TOperation, FromRegister, S>);
            Set($"{name}64-imm", AluHandlers.Alu64<TOperation, FromImmediate, S>);
            Set($"{name}64-reg", AluHandlers.Alu64<TOperation, FromRegister, S>);
        }

        public void JumpIf<TCondition>(string name)
            where TCondition : struct, IJumpCondition
        {
            Set($"{name}32-imm", JumpHandlers.JumpIf32<TCondition, FromImmediate, S>);
            Set($"{name}32-reg", JumpHandlers.JumpIf32<TCondition, FromRegister, S>);
            Set($"{name}64-imm", JumpHandlers.JumpIf64<TCondition, FromImmediate, S>);
            Set($"{name}64-reg", JumpHandlers.JumpIf64<TCondition, FromRegister, S>);
        }

        public void Atomic<TOperation>(string name)
            where TOperation : struct, IAtomicOperation
        {
            Set($"atomic-{name}32", MemoryHandlers.Atomic32<TOperation, NoFetch, S>);
            Set($"atomic-{name}32-fetch", MemoryHandlers.Atomic32<TOperation, FetchToSrc, S>);
            Set($"atomic-{name}64", MemoryHandlers.Atomic64<TOperation, NoFetch, S>);
            Set($"atomic-{name}64-fetch", MemoryHandlers.Atomic64<TOperation, FetchToSrc, S>);
        }
    }
}
