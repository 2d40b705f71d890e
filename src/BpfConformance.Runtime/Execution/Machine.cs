using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>Everything that a running program touches, in unmanaged memory and of fixed layout: engines that emit code address it by offset.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Machine
{
    public fixed ulong Registers[MachineLimits.RegisterCount];

    /// <summary>Instructions that may still be charged; negative: the run ends.</summary>
    public long BudgetLeft;

    /// <summary>For engines that emit machine code.</summary>
    public NativeRun Native;

    public Region* Regions;
    public uint RegionCount;

    /// <summary>Region n has the addresses whose distance from <see cref="Origin"/> is n after a shift by so many bits.</summary>
    public int RegionShift;

    /// <summary>Where a program's addresses begin.</summary>
    public ulong Origin;

    /// <summary>What <see cref="BpfConformance.Runtime.Maps.MapSet"/> finds the maps by; 0: there are none.</summary>
    public nint Maps;

    /// <summary>Index of the current frame.</summary>
    public int Depth;

    /// <summary>Index of the frame in which the current program began: by a tail call it can be one of a function's.</summary>
    public int BaseDepth;

    /// <summary>Tail calls that this run may still take.</summary>
    public int TailCallsLeft;

    /// <summary>Where an engine goes when the run is over; its own kind of pointer.</summary>
    public void* Halt;

    public RunStatus Status;
    public FaultKind Fault;
    public int FaultPc;

    /// <summary>Instructions that were charged and not executed, when a run ends within a block.</summary>
    public int Uncharged;

    /// <summary>Sanitised runs: the slot at which a volatile value decided what happens next, or <see cref="UnknownPc"/>; −1: none did.</summary>
    public int VolatileFlowPc;

    /// <summary>Sanitised runs: the helper that left it open; 0: none did.</summary>
    public int VolatileHelper;

    /// <summary>Stands for the slot of an instruction whose helper, or access to the context, leaves open what comes of it.</summary>
    public const int UnknownPc = int.MaxValue;

    /// <summary>Sanitised runs: one <see cref="Memory.Provenance"/> per register.</summary>
    public fixed uint Provenance[MachineLimits.RegisterCount];

    /// <summary>Bytes of the packet that lie before those which the program sees, and are in no region: a header of the link layer.</summary>
    public uint HiddenBytes;

    /// <summary>Bytes before the packet, where the data region begins: metadata of XDP.</summary>
    public uint PacketMetaBytes;

    /// <summary>Of the data region: so many bytes, from its start on, that may be read and written without asking.</summary>
    public uint OpenDataBytes;

    /// <summary>State of the pseudo-random helper.</summary>
    public ulong RandomState;

    /// <summary>Nanoseconds of the virtual clock.</summary>
    public ulong ClockNanoseconds;

    /// <summary>The region behind which helpers may touch no stack, open or not.</summary>
    public uint LastStack;

    /// <summary>The region of the stack of frame 0; those of the others follow, and nothing else does.</summary>
    public uint FirstStack;

    /// <summary>One for each that may be open.</summary>
    public Frame* Frames;

    /// <summary>The slots of all programs.</summary>
    public uint SlotCount;

    /// <summary>A byte for each slot: whether a function begins there whose address a program has; null: there is none.</summary>
    public byte* Functions;

    /// <summary>The helpers that are calling back, and how many there are.</summary>
    public CallbackWalk* Walks;
    public int OpenWalks;

    /// <summary>The region of the key that the first of them gives; those of the others follow.</summary>
    public uint FirstKey;

    /// <summary>The region of the first socket that helpers may find; those of the others follow, up to the first record.</summary>
    public uint FirstSocket;

    /// <summary>For each of them which it is; 0: it is not there, else its <see cref="BpfConformance.Abi.Network.NetworkPlace"/>.</summary>
    public byte* FoundSockets;

    /// <summary>The region of the first record that a program may reserve; those of the others follow, up to the first stack.</summary>
    public uint FirstReservation;

    /// <summary>One for each of them.</summary>
    public Reservation* Reservations;

    /// <summary>How the packet may grow, and what is known of it beside its bytes.</summary>
    public PacketState Packet;

    /// <summary>What packets are to be put into of which <see cref="PacketState.HasTunnel"/> says so.</summary>
    public TunnelInfo* Tunnel;

    /// <summary>Where it goes.</summary>
    public Redirect Redirect;

    /// <summary>What <see cref="BpfConformance.Runtime.Hooks.PacketClones"/> takes copies of its packet by; 0: nobody does.</summary>
    public nint Clones;

    /// <summary>How many copies the run has sent.</summary>
    public int Copies;

    /// <summary>Whether the host is in a network in which programs may be attached: of copies that leave a run beside it, they would see something.</summary>
    public bool HasNetwork;

    /// <summary>The type of the program that runs, and of those that tail calls lead to.</summary>
    public ProgramType Type;

    /// <summary>The socket that its context is or leads to, as something may be stored for it.</summary>
    public StoredObject Socket;

    /// <summary>What the call returns at whose hook the program runs, unless its context has a field for it.</summary>
    public int CallResult;

    /// <summary>What is written to the setting at whose hook it runs.</summary>
    public WrittenSetting Setting;

    /// <summary>Whom it goes to.</summary>
    public SocketChoice Choice;

    /// <summary>Which sockets helpers find.</summary>
    public SocketLookups Lookups;

    /// <summary>Whether routes lead through programs: what lookups say of those is left open.</summary>
    public bool HasRoutePrograms;

    /// <summary>Of a program that sees what a socket sends: all of it.</summary>
    public MessageState Message;

    /// <summary>Whether values of its maps have fields that are the kernel's own.</summary>
    public bool HasValueFields;

    /// <summary>The address of the lock in a value that the program holds; 0: it holds none.</summary>
    public ulong HeldLock;

    /// <summary>How many timers were started so far.</summary>
    public ulong TimersStarted;

    /// <summary>The last time of the virtual clock at which timers call back before anything else happens; 0: when they do is each machine's own.</summary>
    public ulong SettledAt;

    /// <summary>As <see cref="ProgramPart.SeesFunctionResult"/>.</summary>
    public bool HasFunctionResult;

    /// <summary>Which helpers the run has called.</summary>
    public HelperTrace HelperTrace;
}
