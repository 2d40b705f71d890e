using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Hooks;

/// <summary>Makes the connection of the <see cref="CaseNetwork"/>: user space lets a socket listen, connects another to it, and accepts (net/ipv4/tcp_output.c and tcp_input.c, 6.18).</summary>
/// <param name="runs">The programs.</param>
/// <param name="attachments">Where they run.</param>
/// <param name="sockets">Those of the host.</param>
internal sealed class ConnectionMaking(LiveRuns runs, Attachments attachments, HostSockets sockets)
{
    /// <summary>In this order: the socket that listens; the side that connects; the request that comes of it; and both sides, when there is a connection.</summary>
    private static readonly (SocketOperation Operation, NetworkPlace Place, uint State)[] s_operations =
    [
        (SocketOperation.Listen, NetworkPlace.Server, SocketStates.Listening),
        (SocketOperation.Connect, NetworkPlace.Client, SocketStates.Connecting),
        (SocketOperation.WindowInit, NetworkPlace.Client, SocketStates.Connecting),
        (SocketOperation.TimeoutInit, NetworkPlace.Client, SocketStates.Connecting),
        (SocketOperation.NeedsEcn, NetworkPlace.Client, SocketStates.Connecting),
        (SocketOperation.WindowInit, NetworkPlace.Server, SocketStates.NewRequest),
        (SocketOperation.TimeoutInit, NetworkPlace.Server, SocketStates.NewRequest),
        (SocketOperation.NeedsEcn, NetworkPlace.Server, SocketStates.NewRequest),
        (SocketOperation.ActiveEstablished, NetworkPlace.Client, SocketStates.Established),
        (SocketOperation.PassiveEstablished, NetworkPlace.Server, SocketStates.Requested),
    ];

    /// <returns><c>null</c>, or why it is not known what programs see.</returns>
    public string? Make(BpfProgram programs)
    {
        IReadOnlyList<int> attached = attachments[NetworkPlace.Group, NetworkHook.SocketOperations];
        if (attached.Any(program => LooksAtPacket(programs, program))) return "a program of sock_ops that looks at a packet";
        sockets.Connect();
        foreach ((SocketOperation operation, NetworkPlace place, uint state) in s_operations)
        {
            var live = new LiveOperation(operation, sockets[place], state);
            foreach (int program in attached)
            {
                if (!Run(program, live)) return null;
            }

            if (sockets[place].CallbackFlags != 0) return "a socket that calls programs of sock_ops for more than how it is connected";
        }

        return null;
    }

    private static bool LooksAtPacket(BpfProgram programs, int program)
    {
        (int data, int end) = (ContextTables.SockOps.Field("skb_data").Offset, ContextTables.SockOps.Field("skb_data_end").Offset);
        foreach (Instruction slot in programs.Instructions.AsSpan()[programs.SlotsOf(program)])
        {
            if (slot.Opcode == Opcodes.LoadMemory64 && (slot.Offset == data || slot.Offset == end)) return true;
        }

        return false;
    }

    private unsafe bool Run(int program, LiveOperation live)
    {
        if (!runs.TryRun(program, [], live)) return false;
        live.Follow(runs.Memory.Machine);
        return true;
    }
}
