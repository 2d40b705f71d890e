using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Helpers;

/// <summary>The kernel helpers that the runtime has, by number.</summary>
public static unsafe class HelperSet
{
    /// <summary>Whether there is a helper: one that is called, or one by which control goes elsewhere.</summary>
    public static bool Has(ulong helper) => Find(helper) != null || helper == TailCalls.Number || Callbacks.Has(helper);

    /// <summary>
    /// The implementation of a helper that is called; <c>null</c> when there is none. Its arguments are in r1–r5 of the machine, its value
    /// goes to r0. It checks the bounds of memory itself, as it may be called with anything: a fault leaves all as it was.
    /// </summary>
    public static delegate*<Machine*, FaultKind> Find(ulong helper) => helper switch
    {
        1 => &MapHelpers.LookupElem,
        2 => &MapHelpers.UpdateElem,
        3 => &MapHelpers.DeleteElem,
        5 => &EnvironmentHelpers.KtimeGetNs,
        7 => &EnvironmentHelpers.GetPrandomU32,
        8 => &EnvironmentHelpers.GetSmpProcessorId,
        87 => &MapHelpers.PushElem,
        88 => &MapHelpers.PopElem,
        89 => &MapHelpers.PeekElem,
        93 => &SpinLockHelpers.Lock,
        SpinLockHelpers.UnlockNumber => &SpinLockHelpers.Unlock,
        169 => &TimerHelpers.Init,
        TimerHelpers.SetCallbackNumber => &TimerHelpers.SetCallback,
        171 => &TimerHelpers.Start,
        172 => &TimerHelpers.Cancel,
        105 => &TextHelpers.Strtol,
        106 => &TextHelpers.Strtoul,
        125 => &EnvironmentHelpers.KtimeGetNs, // a machine that never sleeps
        118 => &EnvironmentHelpers.Jiffies64,
        160 => &EnvironmentHelpers.KtimeGetCoarseNs,
        208 => &EnvironmentHelpers.KtimeGetTaiNs,
        14 => &EnvironmentHelpers.GetCurrentPidTgid,
        15 => &EnvironmentHelpers.GetCurrentUidGid,
        16 => &EnvironmentHelpers.GetCurrentComm,
        35 => &EnvironmentHelpers.GetCurrentTask,
        42 => &EnvironmentHelpers.GetNumaNodeId,
        4 => &ProbeHelpers.Read,
        45 => &ProbeHelpers.ReadString,
        112 => &ProbeHelpers.ReadUser,
        113 => &ProbeHelpers.ReadKernel,
        114 => &ProbeHelpers.ReadUserString,
        115 => &ProbeHelpers.ReadKernelString,
        28 => &ChecksumDifference.Take,
        182 => &TextHelpers.Strncmp,
        6 => &FormatHelpers.TracePrintk,
        165 => &FormatHelpers.Snprintf,
        177 => &FormatHelpers.TraceVprintk,
        195 => &MapHelpers.LookupPercpuElem,

        StackHelpers.GetStackIdNumber => &StackHelpers.GetStackId,
        StackHelpers.GetStackNumber => &StackHelpers.GetStack,

        TracingHelpers.ReadValueNumber => &TracingHelpers.ReadValue,
        TracingHelpers.GetFuncIpNumber => &TracingHelpers.GetFuncIp,
        TracingHelpers.GetAttachCookieNumber => &TracingHelpers.GetAttachCookie,
        TracingHelpers.GetFuncArgNumber => &TracingHelpers.GetFuncArg,
        TracingHelpers.GetFuncRetNumber => &TracingHelpers.GetFuncRet,
        TracingHelpers.GetFuncArgCntNumber => &TracingHelpers.GetFuncArgCnt,

        // Records for user space.
        25 => &PerfEventHelpers.Output,
        130 => &RingBufferHelpers.Output,
        131 => &RingBufferHelpers.Reserve,
        132 => &RingBufferHelpers.Submit,
        133 => &RingBufferHelpers.Discard,
        134 => &RingBufferHelpers.Query,
        197 => &DynptrHelpers.FromMem,
        198 => &DynptrHelpers.RingBufferReserve,
        199 => &DynptrHelpers.RingBufferSubmit,
        200 => &DynptrHelpers.RingBufferDiscard,
        201 => &DynptrHelpers.Read,
        202 => &DynptrHelpers.Write,
        203 => &DynptrHelpers.Data,

        // Calls of user space that a control group sees.
        101 => &SysctlHelpers.GetName,
        102 => &SysctlHelpers.GetCurrentValue,
        103 => &SysctlHelpers.GetNewValue,
        104 => &SysctlHelpers.SetNewValue,
        186 => &CallResultHelpers.GetRetval,
        187 => &CallResultHelpers.SetRetval,

        // Control groups.
        17 => &GroupHelpers.GetCgroupClassid,
        33 => &GroupHelpers.SkbUnderCgroup,
        37 => &GroupHelpers.CurrentTaskUnderCgroup,
        79 => &GroupHelpers.SkbCgroupId,
        80 => &GroupHelpers.GetCurrentCgroupId,
        81 => &GroupHelpers.GetLocalStorage,
        83 => &GroupHelpers.SkbAncestorCgroupId,
        123 => &GroupHelpers.GetCurrentAncestorCgroupId,
        128 => &GroupHelpers.SkCgroupId,
        129 => &GroupHelpers.SkAncestorCgroupId,
        151 => &GroupHelpers.SkbCgroupClassid,

        // Sockets.
        46 => &SocketIdentity.GetSocketCookie,
        47 => &SocketIdentity.GetSocketUid,
        122 => &SocketIdentity.GetNetnsCookie,

        // What is stored for objects.
        107 => &StorageHelpers.SkStorageGet,
        108 => &StorageHelpers.SkStorageDelete,
        156 => &StorageHelpers.TaskStorageGet,
        157 => &StorageHelpers.TaskStorageDelete,
        158 => &EnvironmentHelpers.GetCurrentTask,

        // Packets.
        9 => &SkBuffHelpers.StoreBytes,
        10 => &ChecksumHelpers.ReplaceL3,
        11 => &ChecksumHelpers.ReplaceL4,
        18 => &TagHelpers.Push,
        19 => &TagHelpers.Pop,
        26 => &SkBuffHelpers.LoadBytes,
        31 => &RoomHelpers.ChangeProto,
        32 => &SkBuffHelpers.ChangeType,
        34 => &SkBuffHelpers.GetHashRecalc,
        38 => &SkBuffHelpers.ChangeTail,
        39 => &SkBuffHelpers.PullData,
        40 => &ChecksumHelpers.Update,
        41 => &SkBuffHelpers.SetHashInvalid,
        43 => &SkBuffHelpers.ChangeHead,
        44 => &XdpHelpers.AdjustHead,
        48 => &SkBuffHelpers.SetHash,
        50 => &RoomHelpers.Adjust,
        54 => &XdpHelpers.AdjustMeta,
        65 => &XdpHelpers.AdjustTail,
        68 => &SkBuffHelpers.LoadBytesRelative,
        97 => &CongestionMark.Set,
        135 => &ChecksumHelpers.Level,
        188 => &XdpHelpers.GetBuffLen,
        189 => &XdpHelpers.LoadBytes,
        190 => &XdpHelpers.StoreBytes,
        192 => &SkBuffHelpers.SetTstamp,

        // Messages that sockets send.
        61 => &MessageHelpers.ApplyBytes,
        62 => &MessageHelpers.CorkBytes,
        63 => &MessageHelpers.PullData,
        90 => &MessageHelpers.PushData,
        91 => &MessageHelpers.PopData,

        // Where packets go, and in what.
        20 => &TunnelHelpers.GetKey,
        21 => &TunnelHelpers.SetKey,
        24 => &RouteHelpers.GetRouteRealm,
        29 => &TunnelHelpers.GetOptions,
        30 => &TunnelHelpers.SetOptions,
        69 => &RouteHelpers.FibLookup,
        163 => &RouteHelpers.CheckMtu,
        13 => &RedirectHelpers.CloneRedirect,
        23 => &RedirectHelpers.Redirect,
        51 => &RedirectHelpers.RedirectMap,
        52 => &SocketMapHelpers.RedirectSkBuff,
        53 => &SockOpsHelpers.UpdateSockMap,
        59 => &SockOpsHelpers.SetCallbackFlags,
        60 => &SocketMapHelpers.RedirectMessage,
        70 => &SockOpsHelpers.UpdateSockHash,
        71 => &SocketMapHelpers.RedirectMessageByKey,
        72 => &SocketMapHelpers.RedirectSkBuffByKey,
        152 => &RedirectHelpers.RedirectNeigh,
        155 => &RedirectHelpers.RedirectPeer,

        // Sockets.
        82 => &SocketChoices.SelectReuseport,
        84 => &SocketHelpers.LookupTcp,
        85 => &SocketHelpers.LookupUdp,
        86 => &SocketHelpers.Release,
        95 => &SocketHelpers.FullSock,
        96 => &SocketHelpers.TcpSock,
        98 => &SocketHelpers.GetListenerSock,
        99 => &SocketHelpers.LookupCommonTcp,
        124 => &SocketChoices.Assign,
        _ => null,
    };
}
