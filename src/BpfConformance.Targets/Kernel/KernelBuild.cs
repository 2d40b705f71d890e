using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>What a request becomes in the kernel: its maps, its memory, and its programs, each of which is loaded on its own.</summary>
internal sealed class KernelBuild : IDisposable
{
    private readonly KernelMap _results;
    private readonly bool _canEmptyProgArrays;
    private MemoryPool.Lease? _memory;
    private CaseMaps _maps;

    /// <param name="request">What was asked for.</param>
    /// <param name="maps">The case's maps; this owns them.</param>
    /// <param name="memory">The memory in r1; <c>null</c>: the programs have none. This owns the lease.</param>
    /// <param name="results">The map for <see cref="ResultsLayout"/>; shared.</param>
    public KernelBuild(LoadRequest request, CaseMaps maps, MemoryPool.Lease? memory, KernelMap results)
    {
        (Request, _maps, _memory, _results) = (request, maps, memory, results);
        Parts =
        [
            .. Enumerable.Range(0, request.Program.Count).Select(index => new KernelPart(
                request.Program, index, request.Maps.Length, memory is not null, request.DataBytes)),
        ];

        // An array of programs that is emptied keeps its owner (kernel/bpf/core.c, 6.18, __bpf_prog_map_compatible): that is
        // seen by programs of another type, or attached to something else.
        _canEmptyProgArrays = Parts.All(part => (part.Part.Type, part.Part.AttachType) == (Main.Part.Type, Main.Part.AttachType));
        Fds = DescriptorsWith(_results, Memory);
    }

    public LoadRequest Request { get; }

    /// <summary>The programs, by index.</summary>
    public ImmutableArray<KernelPart> Parts { get; }

    public KernelPart Main => Parts[0];

    /// <summary>fd_array: the case's maps, the results, the memory, and −1 for what names no map.</summary>
    public int[] Fds { get; private set; }

    public KernelMap? Memory => _memory?.Map;

    /// <summary>Whether tail calls can lead from one load to another.</summary>
    public bool HasProgArrays => Request.Maps.Any(map => map.Type == MapType.ProgArray);

    /// <summary>Whether the maps get their initial contents back without new ones.</summary>
    public bool CanClearMaps => _maps.CanClear && (_canEmptyProgArrays || !HasProgArrays);

    public CaseMaps Maps => _maps;

    public void ClearMaps() => _maps.Clear();

    /// <summary>As <see cref="Fds"/>, for a load with other maps for results and memory.</summary>
    public int[] DescriptorsWith(KernelMap results, KernelMap? memory) => _maps.Descriptors.With(results, memory, null);

    /// <summary>Gives all maps their initial contents; arrays of programs that are new have none until <see cref="CaseMaps.Fill"/>.</summary>
    /// <param name="mustReload">Whether that took new maps, so that programs have to be loaded again.</param>
    /// <exception cref="TargetException">The kernel does not create the maps a second time.</exception>
    public void ResetMaps(out bool mustReload)
    {
        mustReload = !CanClearMaps;
        if (!mustReload)
        {
            _maps.Clear();
            return;
        }

        _maps = _maps.Renewed(Request);
        Fds = DescriptorsWith(_results, Memory);
    }

    public void Dispose()
    {
        _maps.Dispose();
        _memory?.Dispose();
        _memory = null; // A lease is given back once.
    }
}
