using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Helpers;

/// <summary>Where it depends on the expected attach type whether a program may call a helper.</summary>
/// <param name="Helpers">Which helpers.</param>
/// <param name="Types">In programs of these types.</param>
/// <param name="Listed">Whether the attach types that follow are those that may, or those that may not.</param>
/// <param name="AttachTypes">These.</param>
internal sealed record AttachCondition(
    ImmutableArray<string> Helpers, ProgramTypes Types, AttachCondition.List Listed, ImmutableArray<AttachType> AttachTypes)
{
    public enum List
    {
        Only,
        Except,
    }

    /// <summary>The whole table (net/core/filter.c, kernel/bpf/cgroup.c, kernel/bpf/bpf_lsm.c, kernel/trace/bpf_trace.c, 6.18).</summary>
    public static ImmutableArray<AttachCondition> Rows { get; } =
    [
        new(["bind"],                       ProgramTypes.CgroupSockAddr, List.Only, [AttachType.CgroupInet4Connect, AttachType.CgroupInet6Connect]),
        new(["setsockopt", "getsockopt"],   ProgramTypes.CgroupSockopt,  List.Only, [AttachType.CgroupSetsockopt]),
        new(["setsockopt", "getsockopt"],   ProgramTypes.Tracing,        List.Only, [AttachType.TraceIter]),
        new(["setsockopt", "getsockopt"],   ProgramTypes.Lsm,            List.Only, [AttachType.LsmCgroup]),
        new(["seq_printf", "seq_write", "seq_printf_btf"], ProgramTypes.Tracing, List.Only, [AttachType.TraceIter]),
        new(["d_path"],                     ProgramTypes.Tracing,        List.Except, [AttachType.TraceRawTp]),
        new(["get_attach_cookie"],          ProgramTypes.Tracing,        List.Except, [AttachType.TraceIter]),
        new(["get_func_arg", "get_func_ret", "get_func_arg_cnt", "get_func_ip"], ProgramTypes.Tracing, List.Except, [AttachType.TraceRawTp, AttachType.TraceIter]),
        new(["get_func_arg", "get_func_ret", "get_func_arg_cnt", "get_attach_cookie"], ProgramTypes.Lsm, List.Only, [AttachType.LsmMac]),
        new(["get_local_storage"],          ProgramTypes.Lsm,            List.Only, [AttachType.LsmCgroup]),
        new(["get_retval", "set_retval"],   ProgramTypes.Lsm,            List.Only, [AttachType.LsmCgroup]),

        // Also for types whose loads may state any attach type: SOCK_OPS that states none (0) is taken for INGRESS;
        // only CGROUP_SOCK is then taken for what it is, SOCK_CREATE (kernel/bpf/syscall.c).
        new(
            ["get_retval", "set_retval"],
            ProgramTypes.Cgroup & ~ProgramTypes.CgroupSock,
            List.Except,
            [
                AttachType.CgroupInetIngress, AttachType.CgroupInetEgress, AttachType.CgroupSockOps,
                AttachType.CgroupUdp4Recvmsg, AttachType.CgroupUdp6Recvmsg, AttachType.CgroupUnixRecvmsg,
                AttachType.CgroupInet4Getpeername, AttachType.CgroupInet6Getpeername, AttachType.CgroupUnixGetpeername,
                AttachType.CgroupInet4Getsockname, AttachType.CgroupInet6Getsockname, AttachType.CgroupUnixGetsockname,
            ]),
    ];

    public bool Forbids(string helper, ProgramType type, AttachType attachType) =>
        Helpers.Contains(helper) && Types.Has(type) && AttachTypes.Contains(attachType) == (Listed == List.Except);
}
