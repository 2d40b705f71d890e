using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Targets.InProcess;

/// <summary>Takes the steps in the network of a case on a machine in this process.</summary>
internal sealed class NetworkPlayer : IPacketObserver
{
    private readonly IMachineProgram _engine;
    private readonly LoadRequest _request;
    private readonly PacketPath _path;
    private readonly StreamPath _stream;
    private readonly (bool HasRun, ulong Result, ulong Mask)[] _results;
    private readonly List<(NetworkPlace Place, byte[] Packet, byte[] Mask)> _packets = [];

    public NetworkPlayer(IMachineProgram engine, LoadRequest request)
    {
        (_engine, _request) = (engine, request);
        _results = new (bool, ulong, ulong)[request.Program.Count];
        _path = new PacketPath(engine, request.InstructionBudget, PacketGrowth.LongestAfter(request.Program, request.DataBytes), this);
        _stream = new StreamPath(engine, request.InstructionBudget, this);
    }

    /// <summary>A sequence begins: nothing is attached, and no socket has got anything.</summary>
    public void Begin(ReadOnlySpan<RunInput> inputs)
    {
        _path.Attachments.Clear();
        _engine.Memory.Sockets.Begin(isConnected: !NetworkStep.Connects(inputs));
        _engine.Memory.SetHost(SocketLookups.ByPort, hasNetwork: true);
    }

    /// <summary>Takes one step and records what came of it.</summary>
    public void Take(NetworkStep step, ObservationBatch into, int index)
    {
        _engine.Memory.KeepsMaps = true; // from the first program of a way to the last
        _packets.Clear();
        Array.Clear(_results);
        if (step is AttachStep attach) into[index].SetStep((int)Take(attach), dataBytes: 0);
        else if (step is MapAttachStep toMap) into[index].SetStep((int)Take(toMap), dataBytes: 0);
        else if (step is ArriveStep arrive) RecordFate(_path.Arrive(arrive.Device, arrive.Frame.Span), 0, into, index);
        else if (step is SendStep send) RecordFate(_path.Send(send.Address, send.Port, send.Payload.Span, out Errno error), -(long)error, into, index);
        else if (step is ConnectStep) RecordFate(_stream.Connect(_path.Attachments, _request.Program), 0, into, index);
        else if (step is WriteStep write) RecordFate(Write(write, out long taken), taken, into, index);
    }

    public void Ran(int program)
    {
        var seen = Observation.Nothing;
        MachineObserver.RecordRegisters(_engine, ref seen);
        _results[program] = (true, seen.R0, seen.R0Mask);
    }

    public void CameOut(NetworkPlace place, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> shadow)
    {
        byte[] mask = new byte[packet.Length];
        mask.AsSpan().Fill(byte.MaxValue);
        if (_engine.IsSanitized) MachineObserver.Mask(shadow, mask);
        _packets.Add((place, packet.ToArray(), mask));
    }

    private Errno Take(AttachStep step)
    {
        NetworkHook hook = NetworkHooks.Find(_request.Program[step.Program], step.Place)!.Value; // such steps are read
        Errno error = step.IsDetached ? _path.Attachments.Detach(step.Program, step.Place, hook) : _path.Attachments.Attach(step.Program, step.Place, hook);
        bool hasPrograms = _path.Attachments[NetworkPlace.Host, NetworkHook.SocketLookup].Count > 0;
        _engine.Memory.SetHost(hasPrograms ? SocketLookups.ByPrograms : SocketLookups.ByPort, hasNetwork: true, _path.Attachments.AreAtRoutes);
        if (error == Errno.None && !step.IsDetached && step.Place == NetworkPlace.Group) _engine.Memory.Maps?.Attach(step.Program);
        return error;
    }

    private Errno Take(MapAttachStep step)
    {
        StreamHook hook = StreamHooks.Find(_request.Program[step.Program])!.Value; // such steps are read
        var map = new MapAccess(_engine.Memory.Maps![step.Map]); // and there is one
        return step.IsDetached ? map.Detach(step.Program, hook) : map.Attach(step.Program, hook);
    }

    /// <summary>Packets of a stream are not modeled.</summary>
    private string? Write(WriteStep step, out long taken)
    {
        taken = 0;
        bool isSeen = _path.Attachments[NetworkPlace.Group, NetworkHook.GroupIngress].Count + _path.Attachments[NetworkPlace.Group, NetworkHook.GroupEgress].Count > 0;
        return isSeen ? "programs of the group see the packets of a stream" : _stream.Write(step.Socket, step.Payload.Span, out taken);
    }

    private void RecordFate(string? whyUnknown, long result, ObservationBatch into, int index)
    {
        if (_path.HasEnded || _stream.HasEnded)
        {
            MachineObserver.Record(_engine, _request.InstructionBudget, into, index);
            return;
        }

        int bytes = 0;
        if (whyUnknown is null && !TryWriteFate(into, index, out bytes)) whyUnknown = "more packets than there is room for";
        if (whyUnknown is not null) into.SetInconclusive(index, $"what becomes of the packet is not modeled: {whyUnknown}");
        else into[index].SetStep(result, bytes);
    }

    private bool TryWriteFate(ObservationBatch into, int index, out int bytes)
    {
        var fate = new PacketFate(into.Data(index), into.DataMask(index), _results.Length);
        for (int program = 0; program < _results.Length; program++)
        {
            if (_results[program].HasRun) fate.AddResult(program, _results[program].Result, _results[program].Mask);
        }

        bool fits = true;
        foreach ((NetworkPlace place, byte[] packet, byte[] mask) in _packets.OrderBy(packet => packet.Place)) fits &= fate.TryAddPacket(place, packet, mask);
        bytes = fate.Length;
        return fits;
    }
}
