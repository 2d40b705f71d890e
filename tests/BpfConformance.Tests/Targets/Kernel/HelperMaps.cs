using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Maps;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Maps that helpers take, and memory to point at; keys of four bytes, values of eight.</summary>
internal sealed class HelperMaps : IDisposable
{
    public const int KeyBytes = 4;
    public const int ValueBytes = 8;

    private readonly List<KernelMap> _maps = [];
    private readonly Dictionary<MapType, int> _byType = [];

    public HelperMaps()
    {
        Memory = CreateArray(64);
        ReadOnly = CreateArray(64, MapFlags.ReadOnlyForPrograms | MapFlags.InnerMap);
        WriteOnly = CreateArray(64, MapFlags.WriteOnlyForPrograms | MapFlags.InnerMap);
        EmptyString = CreateArray(16, MapFlags.ReadOnlyForPrograms | MapFlags.InnerMap);
        int descriptor = EmptyString;
        int result = Bpf.Call(BpfCommand.MapFreeze, ref descriptor);
        if (result < 0) throw new InvalidOperationException("BPF_MAP_FREEZE: " + Errnos.Name(-result));
    }

    public int Memory { get; }

    public int ReadOnly { get; }

    public int WriteOnly { get; }

    /// <summary>Zeros that nobody can change any more.</summary>
    public int EmptyString { get; }

    public int RingBuffer => Of(MapType.Ringbuf);

    /// <summary>The descriptor of a map of a kind that the helper takes.</summary>
    public int For(HelperPrototype prototype) => Of(prototype.Name switch
    {
        "tail_call" => MapType.ProgArray,
        "get_stackid" => MapType.StackTrace,
        "skb_under_cgroup" or "current_task_under_cgroup" => MapType.CgroupArray,
        "redirect_map" => MapType.Devmap,
        "sk_redirect_map" or "msg_redirect_map" or "sock_map_update" => MapType.Sockmap,
        "sk_redirect_hash" or "msg_redirect_hash" or "sock_hash_update" => MapType.Sockhash,
        "get_local_storage" => MapType.CgroupStorage,
        "sk_select_reuseport" => MapType.ReuseportSockarray,
        "map_push_elem" or "map_pop_elem" or "map_peek_elem" => MapType.Queue,
        "map_lookup_percpu_elem" => MapType.PercpuArray,
        "user_ringbuf_drain" => MapType.UserRingbuf,
        "perf_event_read" or "perf_event_read_value" or "perf_event_output" or "skb_output" or "xdp_output" => MapType.PerfEventArray,
        _ when prototype.Name.StartsWith("ringbuf_", StringComparison.Ordinal) => MapType.Ringbuf,
        _ => MapType.Hash,
    });

    public void Dispose()
    {
        foreach (KernelMap map in _maps) map.Dispose();
    }

    private int Of(MapType type)
    {
        if (!_byType.TryGetValue(type, out int descriptor))
        {
            descriptor = Create(MapProbes.Rows.First(row => row.Definition.Type == type).Definition);
            _byType.Add(type, descriptor);
        }

        return descriptor;
    }

    private int CreateArray(int valueBytes, MapFlags flags = MapFlags.None) =>
        Create(new MapDefinition("array", MapType.Array, KeyBytes, valueBytes, MaxEntries: 1, flags));

    private int Create(MapDefinition definition)
    {
        KernelMap map = KernelMap.TryCreate(definition, out int errno)
            ?? throw new InvalidOperationException($"{definition.Type}: {Errnos.Name(errno)}");
        _maps.Add(map);
        return map.Fd;
    }
}
