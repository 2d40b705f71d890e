namespace BpfConformance.Abi.Programs;

/// <summary>What a load of a field gives: <c>enum bpf_reg_type</c> (include/linux/bpf.h, 6.18), as far as contexts give it.</summary>
public enum ContextValue : byte
{
    /// <summary>A number (<c>SCALAR_VALUE</c>).</summary>
    Number,

    /// <summary>The first byte of the packet (<c>PTR_TO_PACKET</c>): 64 bits, also where the field has 32.</summary>
    PacketData,

    /// <summary>The byte after the packet's last (<c>PTR_TO_PACKET_END</c>): 64 bits, also where the field has 32.</summary>
    PacketEnd,

    /// <summary>
    /// The first byte of the metadata before the packet (<c>PTR_TO_PACKET_META</c>): 64 bits, also where the field has 32.
    /// </summary>
    PacketMeta,

    /// <summary>A <c>struct bpf_sock</c> (<c>PTR_TO_SOCKET</c>).</summary>
    Socket,

    /// <summary>A <c>struct bpf_sock</c>, or null.</summary>
    SocketOrNull,

    /// <summary>What every kind of socket has of a <c>struct bpf_sock</c> (<c>PTR_TO_SOCK_COMMON</c>), or null.</summary>
    SocketCommonOrNull,

    /// <summary>A <c>struct bpf_flow_keys</c> (<c>PTR_TO_FLOW_KEYS</c>).</summary>
    FlowKeys,

    /// <summary>The memory of a writable tracepoint (<c>PTR_TO_TP_BUFFER</c>).</summary>
    TracepointBuffer,

    /// <summary>A <c>struct nf_hook_state</c> (<c>PTR_TO_BTF_ID</c>).</summary>
    HookState,

    /// <summary>A <c>struct bpf_dummy_ops_state</c> (<c>PTR_TO_BTF_ID</c>).</summary>
    DummyState,

    /// <summary>A <c>struct bpf_dummy_ops_state</c>, or null.</summary>
    DummyStateOrNull,

    /// <summary>Another kernel object, known by its BTF type (<c>PTR_TO_BTF_ID</c>).</summary>
    KernelObject,

    /// <summary>What the BTF type of the hook's function says of that argument.</summary>
    ByBtf,
}
