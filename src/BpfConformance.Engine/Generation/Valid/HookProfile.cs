using System.Collections.Immutable;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>A number in a context.</summary>
/// <param name="Row">The access.</param>
/// <param name="Offset">Where.</param>
internal readonly record struct FieldPlace(InstructionDef Row, int Offset);

/// <summary>What programs of a type have: fields, packet, helpers, results.</summary>
internal sealed class HookProfile
{
    /// <summary>Bytes of a context of which the caller decides how long it is.</summary>
    public const int OpenContextBytes = 64;

    // They differ between machines, or between two runs.
    private static readonly string[] s_unsteady = ["hash", "napi_id", "hwtstamp", "tstamp", "ifindex", "ingress_ifindex", "rx_queue_index", "wire_len", "gso_segs", "gso_size"];

    private static readonly string[] s_helpers =
    [
        "map_update_elem", "map_delete_elem", "map_push_elem", "map_pop_elem", "map_peek_elem", "map_lookup_percpu_elem", "strtol", "strtoul", "strncmp", "snprintf",
        "ringbuf_output", "ringbuf_query", "perf_event_output", "probe_read_kernel", "csum_diff", "skb_load_bytes", "skb_load_bytes_relative", "skb_store_bytes",
        "l3_csum_replace", "l4_csum_replace", "csum_update", "csum_level", "skb_change_tail", "skb_pull_data", "skb_vlan_push", "skb_vlan_pop", "skb_change_type",
        "xdp_adjust_head", "xdp_adjust_meta", "xdp_adjust_tail", "xdp_load_bytes", "xdp_store_bytes", "xdp_get_buff_len", "redirect", "redirect_map", "get_route_realm",
        "set_hash_invalid", "skb_ecn_set_ce", "ktime_get_ns", "get_prandom_u32", "get_smp_processor_id", "jiffies64", "get_numa_node_id", "ktime_get_boot_ns",
    ];

    public HookProfile(ProgramType type, GeneratorLimits limits)
    {
        Type = type;
        ProgramHook hook = ProgramTypeTable.Find(type, ProgramTypeTable.Named(type, default))!; // types that are asked for have one
        Returns = hook.Return.Range;
        CanWritePacket = PacketRules.CanBeWritten(type);
        HasLegacyLoads = PacketRules.HasLegacyLoads(type) && limits.Common.Groups.Contains(ConformanceGroup.Packet);
        ContextBytes = type == ProgramType.Syscall ? OpenContextBytes : hook.Context?.Layout.SizeBytes ?? 0;
        if (hook.Context is { } view)
        {
            Loads = [.. PlacesOf(view, limits, row => row.Operation == Operation.Load, ContextAccess.Load)];
            Stores = [.. PlacesOf(view, limits, row => row.Operation is Operation.Store or Operation.StoreImmediate, ContextAccess.Store)];
            Data = OffsetOf(view, ContextValue.PacketData);
            DataEnd = OffsetOf(view, ContextValue.PacketEnd);
        }

        ProgramType caller = type == ProgramType.Unspecified ? ProgramType.RawTracepoint : type; // which such programs are loaded as
        Helpers =
        [
            .. s_helpers.Select(name => HelperTable.NumberOf(name) ?? throw new KeyNotFoundException(name))
                .Where(number => limits.HasHelper(number) && HelperTable.MayCall(number, caller, default))
                .Select(number => HelperTable.PrototypeOf(number, caller)!) // it may be called
                .Where(helper => helper.Arguments.All(argument => argument.Kind != ArgumentKind.KernelObject)),
        ];
    }

    public ProgramType Type { get; }

    public bool HasContext => Type != ProgramType.Unspecified;

    /// <summary>What it may return; where that is not everything it is 0 and some more.</summary>
    public ReturnRange Returns { get; }

    public bool CanWritePacket { get; }

    public bool HasLegacyLoads { get; }

    public int ContextBytes { get; }

    /// <summary>Whether values may be locked (kernel/bpf/verifier.c, 6.18, check_map_prog_compatibility).</summary>
    public bool HasLocks => Type is not (ProgramType.Unspecified or ProgramType.RawTracepoint or ProgramType.SocketFilter);

    /// <summary>Numbers that it may read.</summary>
    public FieldPlace[] Loads { get; } = [];

    public FieldPlace[] Stores { get; } = [];

    /// <summary>The field that leads to the packet; negative: there is none.</summary>
    public int Data { get; } = -1;

    public int DataEnd { get; } = -1;

    public bool HasPacketPointers => Data >= 0 && DataEnd >= 0;

    /// <summary>Those that a step may call, whatever is at hand.</summary>
    public HelperPrototype[] Helpers { get; }

    private static int OffsetOf(ContextView view, ContextValue value) =>
        view.Layout.Fields.FirstOrDefault(field => field.Value == value && view.PermissionOf(field) != FieldPermission.None)?.Offset ?? -1;

    private IEnumerable<FieldPlace> PlacesOf(ContextView view, GeneratorLimits limits, Predicate<InstructionDef> belongs, ContextAccess access) =>
        from row in InstructionTable.Rows
        where limits.Rows[row.Index] && belongs(row)
        from offset in Enumerable.Range(0, ContextBytes / (int)row.Size).Select(index => index * (int)row.Size)
        let field = view.Find(offset, (int)row.Size, access)
        where field is { Value: ContextValue.Number } && !s_unsteady.Contains(field.Name)
        where limits.Common.HasUpperPartsOfFields || (offset - field.FirstElement) % field.ElementBytes == 0
        select new FieldPlace(row, offset);
}
