using System.Diagnostics;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit.Il;

/// <summary>Compiles one function: hands each instruction to the writer of its kind.</summary>
internal sealed unsafe class FunctionWriter : IInstructionVisitor
{
    /// <summary>Beyond so many instructions RyuJIT hardly optimizes any more, and a copy would only take its time.</summary>
    private const int MostTwins = 1500;

    private readonly ProgramCode _program;
    private readonly LocalFunction _function;
    private readonly MethodWriter _w;
    private readonly BlockWriter _block;
    private readonly BoundsWriter? _bounds;
    private readonly MemoryWriter _memory;
    private readonly AtomicWriter _atomics;
    private readonly CallWriter _calls;
    private readonly CallbackWriter _callbacks;
    private readonly MapWriter _maps;
    private readonly FrameWriter _frame;
    private readonly Label _exit;
    private readonly Dictionary<int, Label> _twins = [];
    private Dictionary<int, Label> _labels = [];
    private LocalBuilder? _mayGotoLeft;

    /// <summary>Where the condition led that was over the jump which has ended the block.</summary>
    private Label? _overJump;

    private FunctionWriter(ProgramCode program, LocalFunction function)
    {
        (_program, _function) = (program, function);
        _w = new MethodWriter(function.Method.GetILGenerator(), new PointerTracker(function.Arguments));
        _block = new BlockWriter(_w, program.Options.IsMetered);
        if (program.Options.IsChecked)
        {
            AccessGroups groups = AccessGroups.Of(program, function.Slots);
            _bounds = new BoundsWriter(_w, _block, program, groups);
        }

        FieldWriter? fields = program.Contexts is { } contexts ? new FieldWriter(_w, _block, program.Memory, contexts) : null;
        _memory = new MemoryWriter(_w, _bounds, fields);
        _atomics = new AtomicWriter(_w, _bounds);
        _calls = new CallWriter(_w, _block, program);
        _callbacks = new CallbackWriter(_w, _block, program, _calls);
        _maps = new MapWriter(_w, _block, program, _bounds);
        _frame = new FrameWriter(_w, _block, program, function);
        _exit = _w.Il.DefineLabel();
    }

    /// <summary>Whether there are two copies: only what runs often is worth compiling twice, as what a hook calls does.</summary>
    private bool HasTwins => _bounds is not null && (_program.Flow.HasLoops || _program.Flow.HasCallbacks || _program.Contexts is not null) && _function.Slots.Length <= MostTwins;

    /// <summary>What writes its instructions.</summary>
    public MethodWriter Method => _w;

    /// <summary>Fills the function's method.</summary>
    public static void Write<TDelivery>(ProgramCode program, LocalFunction function)
        where TDelivery : struct, IDelivery<FunctionWriter>
    {
        var writer = new FunctionWriter(program, function);
        writer.WriteEntry();
        writer.WriteBodies<TDelivery>();
        writer._w.Il.MarkLabel(writer._exit);
        writer._frame.Exit();
        writer._block.WriteEndings();
    }

    public void Alu(AluOperation operation, OperandWidth width, Register dst, Operand src) =>
        AluWriter.Write(_w, operation, width, dst, src);

    public void MoveSignExtend(OperandWidth width, int sourceBits, Register dst, Register src) =>
        AluWriter.MoveSignExtend(_w, width, sourceBits, dst, src);

    public void ByteSwap(ByteSwapOperation operation, int bits, Register dst) => AluWriter.ByteSwap(_w, operation, bits, dst);

    public void LoadImm64(LoadImm64Source source, Register dst, int immediate, int nextImmediate)
    {
        _w.Push((long)ProgramBinder.ImmediateOf(_program.Slots, _block.Pc, _program.Memory));
        _w.Pop(dst);
        _w.Pointers[dst] = Pointer.Of(source, immediate, nextImmediate);
    }

    public void Load(MemorySize size, bool signExtend, Register dst, Register address, short offset) =>
        _memory.Load(size, signExtend, dst, address, offset);

    public void Store(MemorySize size, Register address, short offset, Operand value) =>
        _memory.Store(size, address, offset, value);

    public void Atomic(AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src) =>
        _atomics.Write(operation, fetch, size, address, offset, src);

    public void LoadAcquire(MemorySize size, Register dst, Register address, short offset) =>
        _memory.LoadAcquire(size, dst, address, offset);

    public void StoreRelease(MemorySize size, Register address, short offset, Register src) =>
        _memory.StoreRelease(size, address, offset, src);

    public void Jump(int target)
    {
        _w.Il.Emit(OpCodes.Br, Target(target));
        _w.Pointers.EndFlow();
    }

    public void JumpIf(JumpCondition condition, OperandWidth width, Register dst, Operand src, int target)
    {
        JumpWriter.JumpIf(_w, condition, width, dst, src, ConditionTarget(target));
        _maps.FollowCondition();
    }

    /// <summary>Where a condition leads that is the current instruction.</summary>
    public Label ConditionTarget(int target)
    {
        Label label = Target(target);
        if (_program.Options.IsMetered && _block.Rest > 0) _overJump = label = _w.Il.DefineLabel();
        return label;
    }

    public void MayGoto(int target) => JumpWriter.MayGoto(_w, _mayGotoLeft!, Target(target)); // the entry saw that there is one

    public void CallHelper(int helper)
    {
        if (helper == TailCalls.Number) _calls.TailCall(_program.Loop!, _frame); // there is one where there are tail calls
        else if (Callbacks.Has((uint)helper)) _callbacks.Call(helper);
        else if (DirectLookups.At(_program.Slots, _program.Flow, _program.Memory, _block.Pc, out int map) is { } lookup) _maps.LookUp(lookup, map);
        else _calls.CallHelper(helper);
        _bounds?.FollowPacket();
    }

    public void CallLocal(int target)
    {
        _calls.CallLocal(_program.Functions.At(target));
        _bounds?.FollowPacket();
    }

    public void CallKernel(int btfId) => throw new UnreachableException("the binder refuses kernel functions");

    public void CallRegister(Register helper)
    {
        _calls.CallRegister(helper);
        _bounds?.FollowPacket();
    }

    public void Exit()
    {
        _w.Il.Emit(OpCodes.Br, _exit);
        _w.Pointers.EndFlow();
    }

    public void LegacyPacket(MemorySize size, Register? index, int immediate) =>
        _calls.PacketLoad(size, index, immediate, _exit);

    public void AddressSpaceCast(Register dst, Register src, int spaces) =>
        throw new UnreachableException("the binder refuses address spaces");

    private void WriteEntry()
    {
        _frame.Enter();
        if (HasTwins) _bounds!.LoadBounds(); // only where bounds are proved
        bool hasMayGoto = false;
        foreach (int pc in _function.Slots) hasMayGoto |= _program.Slots[pc].Opcode == Opcodes.MayGoto;
        if (hasMayGoto)
        {
            _mayGotoLeft = _w.Il.DeclareLocal(typeof(long));
            _w.Push(MachineMemory.MayGotoLimit);
            _w.Il.Emit(OpCodes.Stloc, _mayGotoLeft);
        }
    }

    /// <summary>
    /// Where bounds are proved, there are two copies: the first believes that each access is where it is likely to be, and goes
    /// over to the second for good when one is not, which looks regions up. So the first keeps its loops free of lookups;
    /// a lookup that came back into a loop would be laid out in the middle of it.
    /// </summary>
    private void WriteBodies<TDelivery>()
        where TDelivery : struct, IDelivery<FunctionWriter>
    {
        if (HasTwins)
        {
            WriteBody<TDelivery>(isFirst: true);
            if (_twins.Count == 0) return;
            _labels = [];
            _w.Pointers = new PointerTracker(_function.Arguments);
        }

        WriteBody<TDelivery>(isFirst: false);
    }

    private void WriteBody<TDelivery>(bool isFirst)
        where TDelivery : struct, IDelivery<FunctionWriter>
    {
        // The first slot in order need not be the first to be executed.
        if (_function.Slots[0] != _function.Entry) Jump(_function.Entry);
        FunctionWriter self = this;
        foreach (int pc in _function.Slots)
        {
            if (_program.Flow.IsLeader(pc)) EnterBlock(pc);
            _block.Step(pc);
            if (_bounds is not null) _bounds.Twin = isFirst ? () => Twin(pc) : null;
            if (!isFirst && _twins.TryGetValue(pc, out Label twin)) _w.Il.MarkLabel(twin);
            TDelivery.Deliver(ref self, _program.Slots, pc);
        }
    }

    private void EnterBlock(int pc)
    {
        if (_overJump is { } over)
        {
            _w.Il.MarkLabel(over);
            _block.Charge(-1); // the jump was charged, and is not done
            _overJump = null;
        }

        _w.Il.MarkLabel(LabelOf(pc));
        _w.Pointers.EnterBlock(pc, _program.Flow.IsTarget(pc));
        _block.Enter(pc, _program.Flow.LengthFrom(pc), isLoop: _program.Flow.IsLoop(pc));
    }

    /// <summary>Where a jump to this pc leads.</summary>
    private Label Target(int pc)
    {
        _w.Pointers.Jump(pc);
        return LabelOf(pc);
    }

    private Label LabelOf(int pc) => Find(_labels, pc);

    /// <summary>The same instruction in the second copy.</summary>
    private Label Twin(int pc) => Find(_twins, pc);

    private Label Find(Dictionary<int, Label> labels, int pc)
    {
        if (!labels.TryGetValue(pc, out Label label)) labels.Add(pc, label = _w.Il.DefineLabel());
        return label;
    }
}
