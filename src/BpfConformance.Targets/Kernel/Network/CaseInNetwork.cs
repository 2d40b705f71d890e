using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>A case's steps in the private network, and what they leave there.</summary>
internal sealed class CaseInNetwork(KernelTarget target, KernelBuild build, GateRun gate) : IDisposable
{
    private NetworkRun? _run;

    /// <summary>The host's, while the case is in the network.</summary>
    public Socket? Receiver => _run?.Sockets[NetworkPlace.Receiver];

    /// <summary>Makes what the steps begin with.</summary>
    public void Begin(ReadOnlySpan<RunInput> inputs)
    {
        Dispose();
        _run = new NetworkRun(target.Network, build.Request.Program, isConnected: !NetworkStep.Connects(inputs));
        build.Maps.FillWithSockets(_run.Sockets);
    }

    /// <summary>As <see cref="NetworkRun.HasMoreBytes"/>.</summary>
    public bool HasMoreBytes(bool waits) => _run?.HasMoreBytes(waits) == true;

    /// <summary>Takes a step and records what came of it. What is a machine's own in packets, the gate has found out.</summary>
    /// <param name="step">Which.</param>
    /// <param name="programs">The twins, by index.</param>
    /// <param name="index">Of the input.</param>
    /// <param name="into">Where to.</param>
    public void Take(NetworkStep step, FileDescriptor[] programs, int index, ObservationBatch into)
    {
        Span<byte> results = target.Results.Memory;
        results.Clear();
        var fate = new PacketFate(into.Data(index), into.DataMask(index), build.Parts.Length);
        long result = _run!.Take(step, programs, build.Maps, ref fate); // it is made where a sequence begins
        if (step is WriteStep or ConnectStep) ReadStream(gate.Data(index).ToArray(), ref fate);
        KernelObserver.RecordFate(result, results, build.Parts.Length, ref fate, ref into[index]);
        gate.DataMask(index)[..fate.Length].CopyTo(into.DataMask(index));
        if (!step.HasFate) into[index].DataLength = 0;
    }

    /// <summary>Other cases have the same network.</summary>
    public void Dispose()
    {
        _run?.Dispose();
        _run = null;
    }

    private void ReadStream(byte[] foreseen, ref PacketFate fate)
    {
        int programs = build.Parts.Length;
        new StreamReading(_run!.Sockets.Connection!, foreseen, programs).Read(() => KernelObserver.HaveRun(target.Results.Memory, programs, foreseen), ref fate);
    }
}
