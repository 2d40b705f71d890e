using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Cases;

/// <summary>What TEST_RUN takes in <c>ctx_in</c> and as a packet, of hooks where that is less than what can be written down (net/bpf/test_run.c, 6.18).</summary>
internal static class GivenContexts
{
    /// <summary>What a flow dissector sees of a packet is in one page.</summary>
    private const int MaxDissectedBytes = 4096;

    private const byte Ip4 = 2; // NFPROTO_IPV4 and NFPROTO_IPV6 of include/uapi/linux/netfilter.h
    private const byte Ip6 = 10;

    private static readonly ContextField s_hook = ContextTables.NfHookState.Field("hook");
    private static readonly ContextField s_protocol = ContextTables.NfHookState.Field("pf");
    private static readonly ContextField s_flags = ContextTables.DissectedFlow.Field("flags");

    /// <summary>Refuses fields that no context of that kind has.</summary>
    /// <exception cref="BpfFormatException">There are some.</exception>
    public static void Check(Section section, ContextLayout layout, ImmutableArray<StatedField> fields)
    {
        if (layout == ContextTables.DissectedFlow) CheckDissected(section, fields);
        if (layout == ContextTables.NfHookState) CheckHookState(section, fields);
        if (layout == ContextTables.BtfArguments) CheckArguments(section, fields);
    }

    /// <summary>Refuses packets that are too long for who is given them.</summary>
    /// <exception cref="BpfFormatException">There are some.</exception>
    public static void CheckPackets(string file, BpfProgram program, ImmutableArray<CaseInput> inputs)
    {
        foreach (CaseInput input in inputs)
        {
            if (input.Data.Length <= MaxDissectedBytes || input.Step is not null) continue;
            if (program.HookOf(input.Program)?.Given?.Layout != ContextTables.DissectedFlow) continue;
            throw new BpfFormatException(file, input.Line, 0, $"a packet of {input.Data.Length} bytes, expected at most {MaxDissectedBytes} for a flow_dissector");
        }
    }

    /// <summary>bpf_prog_test_run_flow_dissector takes flags alone.</summary>
    private static void CheckDissected(Section section, ImmutableArray<StatedField> fields)
    {
        if (fields.FirstOrDefault(field => field.Offset != s_flags.Offset) is { } other) throw section.Error(other.Line, "only 'flags' can be given to a flow_dissector");
    }

    /// <summary>verify_and_copy_hook_state: the protocol is one of two, and who gives nothing of it gives nothing at all.</summary>
    private static void CheckHookState(Section section, ImmutableArray<StatedField> fields)
    {
        StatedField? protocol = fields.FirstOrDefault(field => field.Offset == s_protocol.Offset);
        if (protocol is null || fields.All(field => field.Offset != s_hook.Offset)) throw section.Error(fields[0].Line, "expected both 'hook' and 'pf'");
        if (protocol.Value.Span[0] is not (Ip4 or Ip6)) throw section.Error(protocol.Line, $"pf = {protocol.Value.Span[0]}, expected {Ip4} (IPv4) or {Ip6} (IPv6)");
    }

    private static void CheckArguments(Section section, ImmutableArray<StatedField> fields)
    {
        int bytes = fields.Sum(field => field.Value.Length);
        if (bytes % sizeof(ulong) != 0) throw section.Error($"{bytes} bytes of context, expected {sizeof(ulong)} for each argument");
    }
}
