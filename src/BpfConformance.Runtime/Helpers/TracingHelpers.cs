using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs are told of the event that runs them (kernel/trace/bpf_trace.c, 6.18).</summary>
public static unsafe class TracingHelpers
{
    /// <summary>The number of <c>bpf_perf_prog_read_value</c>: r2 is room for what is counted, r3 how many bytes that are.</summary>
    public const int ReadValueNumber = 56;

    /// <summary>The number of <c>bpf_get_func_ip</c>.</summary>
    public const int GetFuncIpNumber = 173;

    /// <summary>The number of <c>bpf_get_attach_cookie</c>.</summary>
    public const int GetAttachCookieNumber = 174;

    /// <summary>The number of <c>bpf_get_func_arg</c>: r2 is its index, r3 room for 8 bytes.</summary>
    public const int GetFuncArgNumber = 183;

    /// <summary>The number of <c>bpf_get_func_ret</c>: r2 is room for 8 bytes.</summary>
    public const int GetFuncRetNumber = 184;

    /// <summary>The number of <c>bpf_get_func_arg_cnt</c>.</summary>
    public const int GetFuncArgCntNumber = 185;

    /// <summary><c>struct bpf_perf_event_value</c>: a counter, and how many nanoseconds it was enabled and ran.</summary>
    private const ulong ValueBytes = 3 * sizeof(ulong);

    private static readonly ContextField s_ip = ContextTables.Registers.Field("ip");

    public static bool Has(int helper) => helper is ReadValueNumber or GetFuncIpNumber or GetAttachCookieNumber;

    /// <summary>How often an event has come and how long ago it began is each machine's own, but not what follows from a wrong size.</summary>
    internal static FaultKind ReadValue(Machine* m)
    {
        if (!Packet.HasContext(m)) return FaultKind.InvalidPointer;
        ulong size = m->Registers[3];
        GuestBytes room = GuestMemory.BytesToWrite(m, m->Registers[2], size);
        if (room.IsNull) return FaultKind.OutOfBoundsStore;
        room.Clear((int)size);
        if (size != ValueBytes) return Packet.Done(m, Packet.InvalidArgument);
        if (room.Shadow != null) new Span<byte>(room.Shadow, (int)ValueBytes).Fill(ByteShadow.Volatile);
        new Span<ulong>(room.Data, 3).Fill(1);
        return Packet.Done(m, 0);
    }

    /// <summary>
    /// A probe in a process is at an instruction, and not at a function (<c>bpf_get_func_ip_kprobe</c>); where a function of the kernel lies is each machine's own.
    /// </summary>
    internal static FaultKind GetFuncIp(Machine* m)
    {
        if (!Packet.HasContext(m)) return FaultKind.InvalidPointer;
        return m->Type == ProgramType.Kprobe
            ? Packet.Done(m, BinaryPrimitives.ReadInt64LittleEndian(new ContextBytes(m->Regions + Regions.Context)[s_ip]))
            : Packet.Unknown(m);
    }

    /// <summary>
    /// One of the arguments. In programs of tracing the verifier puts code in the place of the call that compares the lower half of the index, and then takes
    /// all of it (kernel/bpf/verifier.c, 6.18, <c>do_misc_fixups</c>): what lies there is each machine's own.
    /// </summary>
    internal static FaultKind GetFuncArg(Machine* m)
    {
        if (!Packet.HasContext(m)) return FaultKind.InvalidPointer;
        GuestBytes room = GuestMemory.BytesToWrite(m, m->Registers[3], sizeof(ulong));
        if (room.IsNull) return FaultKind.OutOfBoundsStore;
        uint index = (uint)m->Registers[2];
        if (index >= ArgumentCount(m)) return Packet.Done(m, Packet.InvalidArgument);
        if (index != m->Registers[2] && m->Type == ProgramType.Tracing) return Packet.Unknown(m);
        Argument(m, (int)index).CopyTo(room, sizeof(ulong));
        return Packet.Done(m, 0);
    }

    /// <summary>What the function returns, or has to before it is called; nothing where it has only begun.</summary>
    internal static FaultKind GetFuncRet(Machine* m)
    {
        if (!Packet.HasContext(m)) return FaultKind.InvalidPointer;
        GuestBytes room = GuestMemory.BytesToWrite(m, m->Registers[2], sizeof(ulong));
        if (room.IsNull) return FaultKind.OutOfBoundsStore;
        if (!m->HasFunctionResult) return Packet.Done(m, -(long)Errno.EOPNOTSUPP);
        Argument(m, ArgumentCount(m)).CopyTo(room, sizeof(ulong));
        return Packet.Done(m, 0);
    }

    internal static FaultKind GetFuncArgCnt(Machine* m) => Packet.HasContext(m) ? Packet.Done(m, ArgumentCount(m)) : FaultKind.InvalidPointer;

    /// <summary>Cases attach programs without one.</summary>
    internal static FaultKind GetAttachCookie(Machine* m) => Packet.HasContext(m) ? Packet.Done(m, 0) : FaultKind.InvalidPointer;

    private static int ArgumentCount(Machine* m) => ((int)m->Regions[Regions.Context].FieldBytes / sizeof(ulong)) - (m->HasFunctionResult ? 1 : 0);

    private static GuestBytes Argument(Machine* m, int index)
    {
        Region* context = m->Regions + Regions.Context;
        return new GuestBytes(context->Base, context->Shadow).From(index * sizeof(ulong));
    }
}
