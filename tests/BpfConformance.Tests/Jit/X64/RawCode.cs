using BpfConformance.Abi.Programs;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Bytes of machine code that no compiler emitted, run as a program's code is.</summary>
internal sealed unsafe class RawCode : IDisposable
{
    private readonly CodeBlock _block;
    private readonly MachineMemory _memory = MachinePool.Rent(dataBytes: 64, [], new BpfProgram([]), Addressing.Native);

    public RawCode(params ReadOnlySpan<byte> code)
    {
        FaultSignals.Install();
        _block = CodeArena.Shared.Allocate(code.Length);
        code.CopyTo(new Span<byte>((void*)_block.Writable, code.Length));
    }

    /// <summary>The signal that ended the run, and the offset at which; no signal: the code returned.</summary>
    public (int Signal, long Offset) Run()
    {
        _memory.Reset(new byte[64], budget: 0);
        Machine* m = _memory.Machine;
        m->Native.Signal = 0;
        SharedCode.Instance.Enter(m, (void*)_block.Executable);
        return (m->Native.Signal, m->Native.Signal == 0 ? -1 : (nint)m->Native.StoppedAt - _block.Executable);
    }

    public void Dispose()
    {
        CodeArena.Shared.Free(_block);
        MachinePool.Return(_memory);
    }
}
