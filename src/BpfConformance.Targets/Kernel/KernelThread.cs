using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>One thread's copy of the twin of a single program without a hook: memory and results are its own, the case's maps are not.</summary>
internal sealed class KernelThread : IDisposable
{
    private readonly KernelMap _memory;
    private readonly KernelMap _results;
    private readonly TwinSet _twins;
    private readonly FileDescriptor? _program;
    private TestRun _run;

    /// <exception cref="TargetException">The kernel creates no map.</exception>
    public KernelThread(KernelTarget target, KernelBuild build, TwinSet twins)
    {
        _twins = twins;
        _memory = KernelMap.CreateMemory(build.Request.DataBytes, "the memory of a thread");
        _results = KernelMap.CreateMemory(ResultsLayout.Bytes, "the results of a thread");
        _program = twins.TryLoad(target, build.DescriptorsWith(_results, _memory), out string problem)?.Single();
        if (_program is null) Problem = problem;
    }

    /// <summary>Why it cannot run, or <c>null</c>.</summary>
    public string? Problem { get; }

    public void Prepare(ReadOnlySpan<byte> data)
    {
        data.CopyTo(_memory.Memory);
        _results.Memory.Clear();
    }

    public void Run() => _run = TestRun.Of(_program!, dataIn: [], dataOut: [], context: [], repeat: 0); // there is no problem

    public void Record(ObservationBatch into, int index)
    {
        if (_run.Errno != 0)
        {
            into.SetInconclusive(index, $"TEST_RUN: {Errnos.Name(_run.Errno)}");
            return;
        }

        into[index].Status = ExecutionStatus.Returned;
        KernelObserver.RecordRegisters(_results.Memory, _run.ReturnValue, _twins.Shape, ref into[index]);
        KernelObserver.RecordMemory(_memory.Memory[..into.Data(index).Length], into, index);
    }

    public void Dispose()
    {
        _program?.Dispose();
        _results.Dispose();
        _memory.Dispose();
    }
}
