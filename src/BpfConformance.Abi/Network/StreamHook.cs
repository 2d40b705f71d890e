using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Network;

/// <summary>What the sockets in a map have a program for (include/linux/skmsg.h, 6.18, <c>struct sk_psock_progs</c>).</summary>
public enum StreamHook
{
    /// <summary>What user space sends.</summary>
    Message,

    /// <summary>How long the next message is of what was received.</summary>
    Parser,

    /// <summary>What was received: a message, where there is a parser too.</summary>
    Verdict,

    /// <summary>The same of packets of any protocol, without a parser.</summary>
    PacketVerdict,
}

/// <summary>Which programs are attached to maps of sockets (bpf(2) BPF_PROG_ATTACH; net/core/sock_map.c, 6.18).</summary>
public static class StreamHooks
{
    private static readonly ImmutableArray<(ProgramType Type, AttachType AttachType, StreamHook Hook)> s_rows =
    [
        (ProgramType.SkMsg, default,                       StreamHook.Message),
        (ProgramType.SkMsg, AttachType.SkMsgVerdict,       StreamHook.Message),
        (ProgramType.SkSkb, AttachType.SkSkbStreamParser,  StreamHook.Parser),
        (ProgramType.SkSkb, AttachType.SkSkbStreamVerdict, StreamHook.Verdict),
        (ProgramType.SkSkb, AttachType.SkSkbVerdict,       StreamHook.PacketVerdict),
    ];

    /// <summary>The hook of a program; <c>null</c>: it is not attached to maps.</summary>
    public static StreamHook? Find(ProgramPart program)
    {
        foreach ((ProgramType type, AttachType attachType, StreamHook hook) in s_rows)
        {
            if (type == program.Type && attachType == program.AttachType) return hook;
        }

        return null;
    }
}
