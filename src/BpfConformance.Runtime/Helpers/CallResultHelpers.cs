using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// What the call is to return at whose hook a program of a control group runs (kernel/bpf/cgroup.c, 6.18, <c>struct bpf_cg_run_ctx</c>). For
/// programs that see an option which was got, a field of the context is the same number.
/// </summary>
internal static unsafe class CallResultHelpers
{
    /// <summary>The last errno that user space has a name for: EHWPOISON (include/uapi/asm-generic/errno.h).</summary>
    private const int LastErrno = 133;

    public static FaultKind GetRetval(Machine* m)
    {
        int result = Packet.IsAtOption(m) ? Unsafe.ReadUnaligned<int>(SockoptContext.CallResult(m).Data) : m->CallResult;
        return Packet.Done(m, result);
    }

    /// <summary>
    /// The lower half of r1. Who called takes what is neither 0 nor an errno of user space as he likes, so that a socket may be there which is none
    /// (net/ipv4/af_inet.c, 6.18, <c>inet_create</c>), or a kernel that stops (fs/read_write.c, <c>new_sync_read</c>): no two machines need do the same.
    /// </summary>
    public static FaultKind SetRetval(Machine* m)
    {
        int result = (int)m->Registers[1];
        if (Packet.IsAtOption(m))
        {
            GuestBytes field = SockoptContext.CallResult(m);
            field.Clear(sizeof(int));
            Unsafe.WriteUnaligned(field.Data, result);
        }
        else if (result is > 0 or < -LastErrno)
        {
            Packet.LeaveOpen(m);
        }

        m->CallResult = result;
        return Packet.Done(m, 0);
    }
}
