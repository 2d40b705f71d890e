using System.Buffers.Binary;
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

    /// <summary><c>struct bpf_perf_event_value</c>: a counter, and how many nanoseconds it was enabled and ran.</summary>
    private const ulong ValueBytes = 3 * sizeof(ulong);

    private static readonly ContextField s_ip = ContextTables.Registers.Field("ip");

    public static bool Has(int helper) => helper is ReadValueNumber or GetFuncIpNumber or GetAttachCookieNumber;

    /// <summary>How often an event has come and how long ago it began is each machine's own, but not what follows from a wrong size.</summary>
    internal static FaultKind ReadValue(Machine* m)
    {
        if (!IsContext(m)) return FaultKind.InvalidPointer;
        ulong size = m->Registers[3];
        GuestBytes room = GuestMemory.BytesToWrite(m, m->Registers[2], size);
        if (room.IsNull) return FaultKind.OutOfBoundsStore;
        room.Clear((int)size);
        if (size != ValueBytes) return Packet.Done(m, Packet.InvalidArgument);
        if (room.Shadow != null) new Span<byte>(room.Shadow, (int)ValueBytes).Fill(ByteShadow.Volatile);
        new Span<ulong>(room.Data, 3).Fill(1);
        return Packet.Done(m, 0);
    }

    /// <summary>A probe in a process is at an instruction, and not at a function (<c>bpf_get_func_ip_kprobe</c>).</summary>
    internal static FaultKind GetFuncIp(Machine* m)
    {
        if (!IsContext(m)) return FaultKind.InvalidPointer;
        return Packet.Done(m, BinaryPrimitives.ReadInt64LittleEndian(new ContextBytes(m->Regions + Regions.Context)[s_ip]));
    }

    /// <summary>Cases attach programs without one.</summary>
    internal static FaultKind GetAttachCookie(Machine* m) => IsContext(m) ? Packet.Done(m, 0) : FaultKind.InvalidPointer;

    private static bool IsContext(Machine* m) => m->Registers[1] == m->Regions[Regions.Context].Start && m->Regions[Regions.Context].Fields != null;
}
