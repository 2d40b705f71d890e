using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>A program that the kernel has loaded as XDP, and repeats.</summary>
internal sealed class TimedKernelProgram(FileDescriptor program, KernelBuild build, TaintWatch taint, TimedRun run) : ITimedProgram
{
    private static readonly byte[] s_packet = new byte[64];

    /// <exception cref="TargetException">TEST_RUN fails, or broke the kernel.</exception>
    public static TestRun TestRunOf(FileDescriptor program, int repeat, TaintWatch taint)
    {
        TestRun answer = TestRun.Of(program, s_packet, dataOut: [], context: [], repeat);
        if (taint.NewBits != 0) throw new TargetException("the kernel became tainted while a program was timed") { IsCrash = true };
        return answer.Errno == 0 ? answer : throw new TargetException($"TEST_RUN: {Errnos.Name(answer.Errno)}");
    }

    /// <summary>Of r0 the low half: TEST_RUN has no more.</summary>
    /// <inheritdoc/>
    public void Observe(ObservationBatch into)
    {
        Restore();
        TestRun answer = TestRunOf(program, repeat: 1, taint);
        ref Observation seen = ref into[0];
        (seen.Status, seen.R0, seen.R0Mask) = (ExecutionStatus.Returned, answer.ReturnValue, uint.MaxValue);
        KernelObserver.RecordMemory(build.Memory is { } memory ? memory.Memory[..run.Input.Data.Length] : [], into, 0);
    }

    public double NanosecondsPerRun(int repeat)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repeat);
        Restore();
        if (!run.RestoresMemory) return TestRunOf(program, repeat, taint).Duration;

        long sum = 0;
        for (int i = 0; i < repeat; i++)
        {
            Restore();
            sum += TestRunOf(program, repeat: 1, taint).Duration;
        }

        return (double)sum / repeat;
    }

    public void Dispose()
    {
        program.Dispose();
        build.Dispose();
    }

    private void Restore()
    {
        if (build.Memory is { } memory) run.Input.Data.Span.CopyTo(memory.Memory);
    }
}
