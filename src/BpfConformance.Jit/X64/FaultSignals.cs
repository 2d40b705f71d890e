using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Makes the signals that emitted code can cause an end of its run. The handler, itself emitted, looks only where the processor
/// was: in a program's code it notes the place and lets the thread go on in <see cref="SharedRoutine.Recover"/>; anywhere else
/// it does what was installed before, so managed exceptions stay what they are.
/// </summary>
internal sealed unsafe partial class FaultSignals
{
    /// <summary>Asks a thread to leave a program. Nobody else's default is changed: it is to ignore it (signal(7)).</summary>
    public const int Stop = 23; // SIGURG

    // signal(7)
    public const int IllegalInstruction = 4;
    public const int BusError = 7;
    public const int ArithmeticTrap = 8;
    public const int SegmentationFault = 11;

    private const int SignalCount = 32;

    // ucontext_t (uapi asm/ucontext.h, asm/sigcontext.h): 40 bytes of flags, link and stack, then r8–r15, rdi, rsi, rbp,
    // rbx, rdx, rax, rcx, rsp and rip.
    private const int ContextR10 = 40 + (2 * sizeof(ulong));
    private const int ContextR12 = 40 + (4 * sizeof(ulong));
    private const int ContextRip = 40 + (16 * sizeof(ulong));

    /// <summary>By signal: the handler that was there before.</summary>
    private readonly nint* _previous;
    private readonly ulong* _victim;

    private FaultSignals()
    {
        _previous = (nint*)NativeMemory.AllocZeroed(SignalCount, (nuint)sizeof(nint));
        _victim = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
        nint handler = EmitHandler();
        foreach (int signal in (ReadOnlySpan<int>)[SegmentationFault, BusError, ArithmeticTrap, IllegalInstruction, Stop]) Install(signal, handler);
    }

    /// <summary>The handler of this process.</summary>
    public static FaultSignals Instance { get; } = new();

    /// <summary>Installs the handler, the first time and for good.</summary>
    public static void Install() => _ = Instance;

    /// <summary>The only run that <see cref="Stop"/> ends; a number that no run has: none.</summary>
    public ulong Victim
    {
        set => Volatile.Write(ref *_victim, value);
    }

    private void Install(int signal, nint handler)
    {
        SignalAction action;
        if (sigaction(signal, null, &action) != 0) throw Failed();
        bool isDefault = action.Handler is 0 or 1; // SIG_DFL, SIG_IGN
        if (isDefault && signal != Stop) return; // It ends the process, and is to.
        _previous[signal] = isDefault ? 0 : action.Handler;

        // The runtime knows on which stack it wants each of its signals; ours may come where a thread has little left of its own.
        if (isDefault) action.Flags = Restart | OnOtherStack;
        action.Flags |= WithContext;
        action.Handler = handler;
        if (sigaction(signal, &action, null) != 0) throw Failed();
    }

    /// <summary>Its arguments: the signal in edi, what caused it in rsi, the registers in memory at rdx.</summary>
    private nint EmitHandler()
    {
        var code = default(Emitter);
        var layout = new CodeLayout();
        const int isOurs = 0;
        const int elsewhere = 1;
        const int done = 2;
        layout.Clear(labels: 3);
        code.Reserve();

        code.Load(sizeof(ulong), signed: false, Rax, new X64Memory(Rdx, ContextRip));
        code.MoveImmediate(Rcx, (ulong)SharedCode.Instance.ProgramsStart);
        code.Move(wide: true, R8, Rax);
        code.Alu(X64Alu.Sub, wide: true, R8, Rcx);
        code.Alu(X64Alu.Cmp, wide: true, R8, (int)(CodeArena.Bytes - SharedCode.OwnBytes));
        layout.JumpIf(ref code, X64Condition.NotCarry, elsewhere);

        code.Load(sizeof(ulong), signed: false, Rcx, new X64Memory(Rdx, ContextR12));
        code.Alu(X64Alu.Cmp, wide: false, Rdi, Stop);
        layout.JumpIf(ref code, X64Condition.NotEqual, isOurs);
        code.MoveImmediate(R8, (ulong)_victim);
        code.Load(sizeof(ulong), signed: false, R8, new X64Memory(R8, 0));
        code.Alu(X64Alu.Cmp, wide: true, R8, MachineField.RunNumber with { Base = Rcx });
        layout.JumpIf(ref code, X64Condition.NotEqual, done);

        layout.Put(isOurs, code);
        code.Store(sizeof(ulong), MachineField.StoppedAt with { Base = Rcx }, Rax);
        code.Store(sizeof(int), MachineField.Signal with { Base = Rcx }, Rdi);
        code.Load(sizeof(ulong), signed: false, R8, new X64Memory(Rdx, ContextR10)); // the budget
        code.Store(sizeof(ulong), MachineField.BudgetLeft with { Base = Rcx }, R8);
        code.MoveImmediate(Rax, (ulong)SharedCode.Instance.AddressOf(SharedRoutine.Recover));
        code.Store(sizeof(ulong), new X64Memory(Rdx, ContextRip), Rax);
        code.Return();

        layout.Put(elsewhere, code);
        code.MoveImmediate(R8, (ulong)_previous);
        code.Move(wide: false, Rax, Rdi);
        code.Shift(X64Shift.Shl, wide: true, Rax, int.Log2(sizeof(nint)));
        code.Load(sizeof(ulong), signed: false, Rax, new X64Memory(R8, 0, Rax));
        code.Test(wide: true, Rax, Rax);
        layout.JumpIf(ref code, X64Condition.Equal, done);
        code.Jump(Rax);

        layout.Put(done, code);
        code.Return();
        return SharedCode.Place(layout, ref code);
    }

    private static Win32Exception Failed() => new(Marshal.GetLastPInvokeError(), $"sigaction: {Marshal.GetLastPInvokeErrorMessage()}");

    // uapi asm-generic/signal.h
    private const int WithContext = 4;
    private const int Restart = 0x10000000;
    private const int OnOtherStack = 0x08000000;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sigaction(int signal, SignalAction* action, SignalAction* previous);

    /// <summary>struct sigaction of the C library on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SignalAction
    {
        public nint Handler;
        public SignalMask Mask;
        public int Flags;
        public nint Restorer;
    }

    [InlineArray(1024 / 64)]
    private struct SignalMask
    {
        private ulong _first;
    }
}
