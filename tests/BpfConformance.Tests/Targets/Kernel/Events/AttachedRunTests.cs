using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Probes;
using BpfConformance.Targets.Kernel.Syscalls;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel.Events;

/// <summary>What stays attached behind a run. The programs are no twins, so nothing is seen of them.</summary>
[TestFixture]
internal sealed class AttachedRunTests : KernelFixture
{
    private const string NoTwin = "the program did not come to its end";

    private static readonly Instruction[] s_returns = [Move(0, 0), Exit];

    /// <summary>Of the second argument, which the tracepoint does not have.</summary>
    private static readonly Instruction[] s_readsBeyond = [Slot(0x79, 0, 1, 8), .. s_returns];

    [Test]
    public void Run_WhereOnlyWhatIsWantedComes_StaysAttachedForTheNext()
    {
        Run(ProgramType.Tracing, AttachType.TraceRawTp, s_returns, out string? reason, out int attached);

        Assert.That((reason, attached), Is.EqualTo((NoTwin, 3)));
    }

    [Test]
    public void Run_WhereThisThreadComesByItself_StaysNotAttached()
    {
        Run(ProgramType.RawTracepointWritable, default, s_returns, out string? reason, out int attached);

        Assert.That((reason, attached), Is.EqualTo((NoTwin, 0)));
    }

    [Test]
    public void Run_WhereTheSecondOfThreeIsRefused_LeavesTheFirstNotAttached()
    {
        Run(ProgramType.RawTracepointWritable, default, s_readsBeyond, out string? reason, out int attached);

        Assert.That(reason, Does.StartWith("BPF_RAW_TRACEPOINT_OPEN: EINVAL: it has a tail call, or reads another argument"));
        Assert.That(attached, Is.Zero);
    }

    [Test]
    public void Run_OfAHookThatTheTableHasNot_NamesItInTheWordsOfFiles()
    {
        Run(ProgramType.CgroupSockAddr, AttachType.TcxIngress, s_returns, out string? reason, out _);

        Assert.That(reason, Is.EqualTo("nothing is known of a hook tcx_ingress"));
    }

    /// <param name="type">Of the program.</param>
    /// <param name="hook">Where it belongs.</param>
    /// <param name="code">What it does.</param>
    /// <param name="reason">Why nothing is seen.</param>
    /// <param name="attached">How many are attached behind the run.</param>
    private void Run(ProgramType type, AttachType hook, Instruction[] code, out string? reason, out int attached)
    {
        var part = new KernelPart(new BpfProgram([.. code], type) { AttachType = hook }, 0, 0, hasMemory: false, 0);
        using var loader = new ProgramLoader();
        using FileDescriptor program = loader.Decide(code, part.Hook is not null ? part.Point : AttachPoints.Of(ProgramType.SocketFilter), fds: []).Program!;
        int dataBytes = type == ProgramType.RawTracepointWritable ? WritableTracepointEvent.Bytes : 0;
        var input = new RunInput(new byte[dataBytes]) { Context = new byte[UnknownOption.Bytes] };
        var seen = new ObservationBatch();
        seen.Reset(1, 0);
        using var run = new AttachedRun(Kernel);
        (reason, attached) = Kernel.Network.Do(() =>
        {
            string? said = run.Run(part, program, TwinShape.ResultOnly, Kernel.Results.Memory[..ResultsLayout.Bytes], input, seen, 0);
            return (said, AttachedPrograms.AtTracepoints());
        });
    }
}
