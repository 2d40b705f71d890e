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
        Memory = Create(MapType.Array, KeyBytes, 64, 1);
        ReadOnly = Create(MapType.Array, KeyBytes, 64, 1, MapFlags.ReadOnlyForPrograms | MapFlags.InnerMap);
        WriteOnly = Create(MapType.Array, KeyBytes, 64, 1, MapFlags.WriteOnlyForPrograms | MapFlags.InnerMap);
        EmptyString = Create(MapType.Array, KeyBytes, 16, 1, MapFlags.ReadOnlyForPrograms | MapFlags.InnerMap);
        int descriptor = EmptyString;
        int result = Bpf.Call(BpfCommand.MapFreeze, ref descriptor);
        if (result < 0) throw new InvalidOperationException("BPF_MAP_FREEZE: " + Errnos.Name(-result));
    }

    public int Memory { get; }

    public int ReadOnly { get; }

    public int WriteOnly { get; }

    /// <summary>Zeros that nobody can change any more.</summary>
    public int EmptyString { get; }

    public int RingBuffer => Of(MapType.RingBuf, 0, 0, 4096);

    /// <summary>The descriptor of a map of a kind that the helper takes.</summary>
    public int For(HelperPrototype prototype) => prototype.Name switch
    {
        "tail_call" => Of(MapType.ProgArray, 4, 4),
        "get_stackid" => Of(MapType.StackTrace, 4, 64),
        "skb_under_cgroup" or "current_task_under_cgroup" => Of(MapType.CgroupArray, 4, 4),
        "redirect_map" => Of(MapType.DevMap, 4, 4),
        "sk_redirect_map" or "msg_redirect_map" or "sock_map_update" => Of(MapType.SockMap, 4, 4),
        "sk_redirect_hash" or "msg_redirect_hash" or "sock_hash_update" => Of(MapType.SockHash, 4, 4),
        "get_local_storage" => Of(MapType.CgroupStorage, 16, 8, 0),
        "sk_select_reuseport" => Of(MapType.ReuseportSockArray, 4, 8),
        "map_push_elem" or "map_pop_elem" or "map_peek_elem" => Of(MapType.Queue, 0, 8),
        "map_lookup_percpu_elem" => Of(MapType.PercpuArray, 4, 8),
        "user_ringbuf_drain" => Of(MapType.UserRingBuf, 0, 0, 4096),
        "perf_event_read" or "perf_event_read_value" or "perf_event_output" or "skb_output" or "xdp_output" =>
            Of(MapType.PerfEventArray, 4, 4),
        _ when prototype.Name.StartsWith("ringbuf_", StringComparison.Ordinal) => RingBuffer,
        _ => Of(MapType.Hash, KeyBytes, ValueBytes),
    };

    public void Dispose()
    {
        foreach (KernelMap map in _maps) map.Dispose();
    }

    private int Of(MapType type, int keyBytes, int valueBytes, int maxEntries = 1)
    {
        if (!_byType.TryGetValue(type, out int descriptor))
        {
            descriptor = Create(type, keyBytes, valueBytes, maxEntries);
            _byType.Add(type, descriptor);
        }

        return descriptor;
    }

    private int Create(MapType type, int keyBytes, int valueBytes, int maxEntries, MapFlags flags = MapFlags.None)
    {
        var definition = new MapDefinition(type.ToString(), type, keyBytes, valueBytes, maxEntries, flags);
        KernelMap map = KernelMap.TryCreate(definition, out int errno)
            ?? throw new InvalidOperationException($"{type}: {Errnos.Name(errno)}");
        _maps.Add(map);
        return map.Fd;
    }
}
