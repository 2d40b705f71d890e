using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>What BPF_PROG_TEST_RUN answered.</summary>
/// <param name="Errno">0: the program ran.</param>
/// <param name="ReturnValue">The low 32 bits of r0.</param>
/// <param name="DataOutBytes">Length of the packet afterwards.</param>
/// <param name="Duration">Average nanoseconds of a repetition.</param>
internal readonly record struct TestRun(int Errno, uint ReturnValue, int DataOutBytes, long Duration)
{
    /// <param name="program">A loaded program.</param>
    /// <param name="dataIn">The packet; empty for types that take none.</param>
    /// <param name="dataOut">Room for the packet afterwards; empty: it is not wanted.</param>
    /// <param name="context">ctx_in, to which some types write back; empty: none.</param>
    /// <param name="repeat">How often; types without packets want 0.</param>
    /// <param name="contextOut">ctx_out; empty: none is wanted.</param>
    public static unsafe TestRun Of(
        FileDescriptor program, ReadOnlySpan<byte> dataIn, Span<byte> dataOut, Span<byte> context, int repeat, Span<byte> contextOut = default)
    {
        fixed (byte* input = dataIn)
        fixed (byte* output = dataOut)
        fixed (byte* contextIn = context)
        fixed (byte* contextBack = contextOut)
        {
            var attributes = new TestRunAttributes
            {
                ProgFd = program.Number,
                DataIn = input,
                DataInBytes = (uint)dataIn.Length,
                DataOut = output,
                DataOutBytes = (uint)dataOut.Length,
                ContextIn = contextIn,
                ContextInBytes = (uint)context.Length,
                ContextOut = contextBack,
                ContextOutBytes = (uint)contextOut.Length,
                Repeat = (uint)repeat,
            };
            int result = Bpf.Call(BpfCommand.ProgTestRun, ref attributes);
            GC.KeepAlive(program);
            return new TestRun(
                result < 0 ? -result : 0, attributes.ReturnValue, (int)attributes.DataOutBytes, attributes.Duration);
        }
    }
}
