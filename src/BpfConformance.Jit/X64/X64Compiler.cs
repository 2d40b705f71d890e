using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Emits the code of one program in one pass, instruction by instruction: label n is pc n, behind them are those of functions.
/// Files: the frame of it here, arithmetic, division, memory, maps, control and the side each in one of their own.
/// </summary>
internal ref partial struct X64Compiler : IInstructionVisitor
{
    private const X64Register Hot = X64Registers.Hot;
    private const X64Register Scratch = X64Registers.Scratch;

    private readonly ReadOnlySpan<Instruction> _program;
    private readonly MachineMemory _memory;
    private readonly ControlFlow _flow;
    private readonly ProgramContexts? _contexts;
    private readonly JitOptions _options;
    private readonly bool _hasShifts;
    private readonly Workspace _work;
    private readonly CodeLayout _layout;
    private FramePlan[] _frames;
    private ref Emitter _code;
    private int _function;
    private int _pc;

    /// <summary>In metered code: the instructions from this one to the end of its block, which were charged together.</summary>
    private int _leftInBlock;

    /// <summary>Where the next conditional jump goes when its condition does not hold, instead of on; −1: it is as usual.</summary>
    private int _overJump;
    private StackPointers _stackPointers;
    private FrameSums _frameSums;
    private ProvenAccesses _proven;
    private ContextPointers _contextPointers;

    /// <summary>Of the last group where there are contexts: its register, and its last access.</summary>
    private Register _groupAddress;
    private int _groupLastPc;

    /// <summary>The condition that looks whether the last lookup found a value; −1: nobody does at once.</summary>
    private int _nullCheckPc;
    private DirectLookup _foundValue;

    /// <summary>Whether accesses are looked up at once: those at the side.</summary>
    private bool _looksUp;

    private X64Compiler(
        ReadOnlySpan<Instruction> program, MachineMemory memory, ControlFlow flow, ProgramContexts? contexts, JitOptions options, bool hasShifts)
    {
        _program = program;
        (_memory, _flow, _contexts, _options, _hasShifts) = (memory, flow, contexts, options, hasShifts);
        _work = Workspace.Current;
        _layout = _work.Layout;
        _code = ref _work.Code;
        _frames = [];
        _overJump = _nullCheckPc = _groupLastPc = -1;
    }

    /// <summary>Emits the code into the thread's workspace: the same code each time.</summary>
    /// <param name="program">Every slot was found valid.</param>
    /// <param name="memory">The machine that it will run on: its addresses are in the code.</param>
    /// <param name="flow">The program's.</param>
    /// <param name="contexts">Its contexts; <c>null</c>: it touches none. Where it does, it is to be checked.</param>
    /// <param name="options">What the code does besides.</param>
    /// <param name="hasShifts">Whether the processor has BMI2.</param>
    public static Workspace Compile<TDelivery>(
        ReadOnlySpan<Instruction> program, MachineMemory memory, ControlFlow flow, ProgramContexts? contexts, JitOptions options, bool hasShifts)
        where TDelivery : struct, IDelivery<X64Compiler>
    {
        var compiler = new X64Compiler(program, memory, flow, contexts, options, hasShifts);
        compiler.Emit<TDelivery>();
        return compiler._work;
    }

    private void Emit<TDelivery>()
        where TDelivery : struct, IDelivery<X64Compiler>
    {
        _work.Clear(_program.Length + _flow.Functions.Length);
        ushort atEnd = _options.ShowsRegisters ? RegisterEffects.All : RegisterEffects.Result;
        _work.Liveness.Compute(_program, _flow, atEnd);
        _frames = PlanFrames();
        for (_pc = 0; _pc < _program.Length; _pc += _program[_pc].IsWide ? 2 : 1)
        {
            _code.Reserve();
            bool begins = BeginsFunction(_pc);
            if (begins) BeginFunction();
            _layout.Put(_pc, _code);
            if (_options.IsMetered && _flow.IsLeader(_pc)) Charge();
            if (_options.IsChecked && _flow.IsTarget(_pc)) ForgetPath();
            if (begins && _contexts is not null) BeginContext(_pc);
            int slots = Fuse<TDelivery>();
            if (slots == 0) TDelivery.Deliver(ref this, _program, _pc);
            Follow();
            while (slots-- > 1) FollowFused();
        }

        EmitSideCode<TDelivery>();
        _layout.Shorten(_code);
    }

    /// <summary>An instruction that was emitted with the one before lies where that does; of several the last is what may fault.</summary>
    private void FollowFused()
    {
        _layout.PutAs(_pc + 1, _pc);
        _pc++;
        Follow();
    }

    private void Follow()
    {
        _leftInBlock--;
        if (!_options.IsChecked) return;
        RegisterEffects effects = _work.Liveness.EffectsOf(_pc);
        _stackPointers.Follow(_program[_pc], effects);
        _frameSums.Follow(_program[_pc], effects.Writes);
        if (_memory.CanChangePacket && _program[_pc].Opcode is Opcodes.Call or Opcodes.CallX) _proven.Forget();
        else _proven.Forget(effects.Writes);
        if (_contexts is not null) _contextPointers.Follow(_program[_pc], effects.Writes);
        FollowNullCheck();
    }

    private void ForgetPath()
    {
        _frameSums.Forget();
        _proven.Forget();
        _contextPointers.Forget();
    }

    /// <summary>Where the host enters a program that stands at this pc: a label.</summary>
    public static int EntryOf(ControlFlow flow, int slots, int pc) => slots + Array.BinarySearch(flow.Functions, pc);

    private static X64Register Of(Register register) => X64Registers.Of(register);

    private readonly FramePlan[] PlanFrames()
    {
        int[] functions = _flow.Functions;
        var plans = new FramePlan[functions.Length];
        for (int n = 0; n < functions.Length; n++)
        {
            int end = n + 1 < functions.Length ? functions[n + 1] : _program.Length;
            plans[n] = !_flow.IsStructured ? FramePlan.Uniform
                : !_flow.IsProgram(functions[n]) ? FramePlan.Of(_program, _work.Liveness, functions[n], end)
                : _flow.HasTailCalls ? FramePlan.Uniform
                : FramePlan.OfProgram(_flow);
        }

        return plans;
    }

    /// <summary>Charges a block. Only where control may go round is it looked what is left; a part of a block is done, too.</summary>
    private void Charge()
    {
        _leftInBlock = _flow.LengthFrom(_pc);
        _code.Alu(X64Alu.Sub, wide: true, X64Registers.Budget, _leftInBlock);
        if (!_flow.IsLoop(_pc)) return;
        int goesOn = _layout.NewLabel();
        _layout.JumpIf(ref _code, X64Condition.Sign, Side(new SideCode { Kind = SideCodeKind.Overdrawn, Charged = _leftInBlock }, goesOn));
        _layout.Put(goesOn, _code);
    }

    /// <summary>After the hot register was used for something else.</summary>
    private void RestoreHot()
    {
        if (_options.IsChecked) _code.Load(sizeof(ulong), signed: false, Hot, MachineField.NegatedDataStart);
    }
}
