namespace BpfConformance.Abi.Programs;

/// <summary>
/// The contexts (include/uapi/linux/bpf.h, 6.18) and what may be done with them (<c>*_is_valid_access</c> in net/core/filter.c,
/// kernel/trace/bpf_trace.c, kernel/bpf/cgroup.c, kernel/bpf/syscall.c and net/netfilter/nf_bpf_link.c, 6.18).
/// </summary>
public static partial class ContextTables
{
    private const FieldPermission No = FieldPermission.None;
    private const FieldPermission Ro = FieldPermission.Read;
    private const FieldPermission Rw = FieldPermission.ReadWrite;

    private const FieldAccess Never = FieldAccess.None;
    private const FieldAccess Byte = FieldAccess.Byte;
    private const FieldAccess Word = FieldAccess.Word;
    private const FieldAccess Double = FieldAccess.Double;
    private const FieldAccess Narrow = FieldAccess.Byte | FieldAccess.Half;
    private const FieldAccess Parts = Narrow | Word;
    private const FieldAccess Start = Parts | FieldAccess.StartOnly;
    private const FieldAccess All = Parts | Double;
    private const FieldAccess Wide = Word | Double;
    private const FieldAccess NoByte = FieldAccess.Half | Word;

    /// <summary>
    /// What a value that a context gives leads to, where that is a structure with rules like a context's; <c>null</c>: it is not.
    /// </summary>
    public static ContextView? PointedToBy(ContextValue value) => value switch
    {
        ContextValue.Socket or ContextValue.SocketOrNull => Sock["sock"],
        ContextValue.SocketCommonOrNull => Sock["sock_common"],
        ContextValue.HookState => NfHookState["netfilter"],
        ContextValue.Number or ContextValue.PacketData or ContextValue.PacketEnd or ContextValue.PacketMeta or ContextValue.FlowKeys
            or ContextValue.DummyState or ContextValue.DummyStateOrNull or ContextValue.TracepointBuffer or ContextValue.KernelObject or ContextValue.ByBtf => null,
    };
}
