using System.Collections.Frozen;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Helpers whose effects leave the run: from TEST_RUN, send_signal signalled the process that tested and sys_close closed
/// its descriptors. Programs that call them are loaded for their verdict and never run. The helpers that only say where a packet is to go
/// (redirect, redirect_map, redirect_neigh, redirect_peer) are run: TEST_RUN returns what the program returns and sends nothing, as
/// long as nobody asks for live frames (net/bpf/test_run.c, 6.18, BPF_F_TEST_XDP_LIVE_FRAMES); clone_redirect sends copies, in the private
/// network, and the gate leaves open those that programs there would meet. So are those that change what a call returns or writes
/// (set_retval, sysctl_set_new_value), as the calls are made for the program alone, and trace_printk and trace_vprintk: lines in the system's
/// trace, which is a ring, harm nobody; and those that redirect between sockets: the maps of a case have none but its own.
/// </summary>
internal static class RunDenyList
{
    private static readonly FrozenDictionary<int, string> s_reasons = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["send_signal"] = "it signals this process",
        ["send_signal_thread"] = "it signals this thread",
        ["probe_write_user"] = "it writes to the memory of this process",
        ["override_return"] = "it changes what a kernel function returns",
        ["sys_bpf"] = "it makes system calls",
        ["sys_close"] = "it closes descriptors of this process",
        ["tcp_send_ack"] = "it sends packets",
        ["bind"] = "it binds a socket",
        ["setsockopt"] = "it changes a socket",
        ["bprm_opts_set"] = "it changes a process",
    }.ToFrozenDictionary(
        entry => HelperTable.NumberOf(entry.Key) ?? throw new KeyNotFoundException(entry.Key),
        entry => $"bpf_{entry.Key} is not run: {entry.Value}");

    /// <summary>Why the program must not run, or <c>null</c>.</summary>
    public static string? Reason(ReadOnlySpan<Instruction> program)
    {
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (program[pc].Opcode != Opcodes.Call) continue;
            if (program[pc].Src == 2) return "calls of kernel functions are not run: what they do is not known here";
            if (program[pc].Src == 0 && s_reasons.TryGetValue(program[pc].Immediate, out string? reason)) return reason;
        }

        return null;
    }
}
