using System.Collections.Immutable;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Network;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>The maps of one case, in its order.</summary>
internal sealed class CaseMaps : IDisposable
{
    private readonly List<KernelMap> _maps;

    /// <summary>Whether user space takes steps on them, and not only programs.</summary>
    private readonly bool _haveSteps;
    private KernelFileSystem? _pins;
    private HostSockets? _sockets;

    private CaseMaps(int count, bool haveSteps)
    {
        (_maps, _haveSteps) = (new List<KernelMap>(count), haveSteps);
        Descriptors = new CaseDescriptors(_maps);
    }

    public int Count => _maps.Count;

    public KernelMap this[int index] => _maps[index];

    public CaseDescriptors Descriptors { get; }

    /// <summary>The objects of the case; <c>null</c>: nobody has asked for one yet.</summary>
    public CaseObjects? Objects { get; set; }

    /// <summary>
    /// Whether <see cref="Clear"/> brings back the initial contents. Other kinds are created anew for every run: slower,
    /// and right for every kind alike, also for those that nobody can empty (bloom filters, ring buffers).
    /// </summary>
    public bool CanClear
    {
        get
        {
            foreach (KernelMap map in _maps)
            {
                bool isRefilled = KernelMap.HoldsPrograms(map.Definition) && map.Definition.Pin is null && !map.IsFrozen;
                if (!isRefilled && !IsKept(map)) return false;
            }

            return true;
        }
    }

    /// <summary>Whether all can be seen and cleared from here.</summary>
    public bool AreMapped => _maps.TrueForAll(map => map.IsMapped);

    /// <summary>Where they and the programs have names; at first only maps that the case pins have any.</summary>
    /// <exception cref="TargetException">There is no such file system here.</exception>
    public KernelFileSystem Pins => _pins ??= KernelFileSystem.Mount();

    /// <summary>Those that maps can hold.</summary>
    public HostSockets Sockets => _sockets ?? throw new InvalidOperationException("there are no sockets yet");

    /// <summary>Creates all maps, or none, and fills those that can have no programs: if none, <paramref name="problem"/> says which the kernel refused.</summary>
    /// <param name="request">The case: its maps, and the program that may want them frozen.</param>
    /// <param name="objects">What may be in them, or <c>null</c>.</param>
    /// <param name="problem">Empty when they were created.</param>
    /// <param name="errno">0 when they were created.</param>
    /// <exception cref="TargetException">A map does not take what it is to begin with.</exception>
    public static CaseMaps? TryCreate(LoadRequest request, CaseObjects? objects, out string problem, out int errno) =>
        TryCreate(request, objects, before: null, out problem, out errno);

    /// <summary>Creates those anew that cannot be cleared, and clears and takes the others; these here are not used any more.</summary>
    /// <exception cref="TargetException">The kernel does not create them a second time.</exception>
    public CaseMaps Renewed(LoadRequest request)
    {
        UnmountPins();
        CaseMaps fresh = TryCreate(request, Objects, before: this, out string problem, out _) ?? throw new TargetException(problem);
        foreach (KernelMap map in _maps)
        {
            if (!fresh._maps.Contains(map)) map.Dispose();
        }

        return fresh;
    }

    /// <summary>Fills the maps that can have programs: these name maps, so they are loaded after them. And those of maps, for which only runs are worth the wait.</summary>
    /// <param name="programs">Those of the case, by index; they stay the caller's.</param>
    /// <exception cref="TargetException">A map does not take what it is to begin with.</exception>
    public void Fill(FileDescriptor[] programs)
    {
        Descriptors.SetPrograms(programs);
        FillWithValues(map => map.CanNamePrograms);
        FillWithMaps();
        FillWithPrograms();
    }

    /// <summary>Fills the maps of sockets.</summary>
    /// <param name="sockets">They stay the caller's; maps that are new have none of them.</param>
    /// <exception cref="TargetException">A map does not take what it is to begin with.</exception>
    public void FillWithSockets(HostSockets sockets)
    {
        _sockets = sockets;
        FillWithValues(map => map.HoldsSockets);
    }

    public void Clear()
    {
        UnmountPins();
        foreach (KernelMap map in _maps) ClearKept(map);
        FillWithPrograms();
    }

    public void Dispose() => DisposeBut(others: null);

    private static CaseMaps? TryCreate(LoadRequest request, CaseObjects? objects, CaseMaps? before, out string problem, out int errno)
    {
        ImmutableArray<MapDefinition> definitions = request.Maps;
        var maps = new CaseMaps(definitions.Length, request.IsSequence) { Objects = objects };
        bool mayBeMapped = !request.IsSequence && MayBeMapped(definitions);
        try
        {
            foreach (MapDefinition definition in definitions)
            {
                if (before?[maps.Count] is { } kept && before.IsKept(kept))
                {
                    maps._maps.Add(kept);
                    continue;
                }

                if (maps.TryAdd(definition, mayBeMapped, out errno)) continue;
                maps.DisposeBut(before);
                problem = $"the kernel does not create map {definition.Name} ({definition.Type}, key {definition.KeyBytes}, " +
                    $"value {definition.ValueBytes}, {definition.MaxEntries} entries, flags 0x{(uint)definition.Flags:x}): {Errnos.Name(errno)}";
                return null;
            }

            (problem, errno) = (string.Empty, 0);
            foreach (KernelMap map in maps._maps.Distinct()) // one that was pinned before is there twice
            {
                if (before?._maps.Contains(map) == true) maps.ClearKept(map);
                else maps.FillWithValues(map, IsFilledFirst);
            }

            maps.FreezeFor(request.Program);
            return maps;
        }
        catch (TargetException)
        {
            maps.DisposeBut(before);
            throw;
        }
    }

    /// <summary>Disposes what others do not own.</summary>
    private void DisposeBut(CaseMaps? others)
    {
        UnmountPins();
        foreach (KernelMap map in _maps.Except(others?._maps ?? [])) map.Dispose();
    }

    /// <summary>A map of maps takes only those that are as its template is, also in whether they may be mapped (kernel/bpf/map_in_map.c, 6.18, bpf_map_meta_equal).</summary>
    private static bool MayBeMapped(ImmutableArray<MapDefinition> definitions) =>
        definitions.All(map => map.InnerMap is null) || definitions.All(map => map.Type != MapType.Array || KernelMap.MayBeMapped(map));

    private bool TryAdd(MapDefinition definition, bool mayBeMapped, out int errno)
    {
        KernelMap? map = KernelPins.TryFind(this, definition, out errno);
        bool isNew = map is null && errno == 0;
        if (isNew) map = KernelMap.TryCreate(definition, out errno, definition.InnerMap is { } template ? _maps[template] : null, mayBeMapped);
        if (map is null) return false;
        _maps.Add(map);
        if (isNew && definition.Pin is { } pin) errno = KernelPins.Pin(Pins, pin, map.Fd);
        return errno == 0;
    }

    private void UnmountPins()
    {
        _pins?.Dispose();
        _pins = null;
    }

    /// <summary>Whether a map gets its contents before there are programs, and sockets.</summary>
    private static bool IsFilledFirst(MapDefinition map) => !KernelMap.HoldsPrograms(map) && !KernelMap.HoldsMaps(map) && !map.CanNamePrograms && !map.HoldsSockets;

    /// <summary>
    /// Whether it is what it was at first once it is cleared. What is in a map of maps only user space changes (kernel/bpf/verifier.c, 6.18,
    /// check_map_func_compatibility), and the kernel makes it wait for a grace period when it does (kernel/bpf/syscall.c, maybe_wait_bpf_programs).
    /// </summary>
    private bool IsKept(KernelMap map) => map.Definition.Pin is null
        && (map.IsMapped || (KernelMap.HoldsMaps(map.Definition) && !_haveSteps && map.Definition.Contents.All(entry => IsKept(_maps[BitConverter.ToInt32(entry.Value.Span)]))));

    /// <summary>Of those that are kept.</summary>
    private void ClearKept(KernelMap map)
    {
        if (!map.IsMapped) return;
        map.Memory.Clear();
        FillWithValues(map, IsFilledFirst);
    }

    private void FillWithValues(Func<MapDefinition, bool> which)
    {
        foreach (KernelMap map in _maps.Distinct()) FillWithValues(map, which);
    }

    private void FillWithValues(KernelMap map, Func<MapDefinition, bool> which)
    {
        if (map.Definition.Contents.IsEmpty || !which(map.Definition)) return;
        var access = new KernelMapAccess(map, this);
        foreach (MapEntry entry in map.Definition.Contents)
        {
            int errno = map.Definition.IsRing ? KernelRing.Produce(map, entry.Value.Span) : access.Update(entry.Key.Span, entry.Value.Span, UpdateFlags.Any);
            if (errno != 0) throw map.Refused(errno);
        }
    }

    private void FillWithMaps()
    {
        foreach (KernelMap map in _maps)
        {
            if (!KernelMap.HoldsMaps(map.Definition) || map.HasMaps) continue;
            FillWithValues(map, KernelMap.HoldsMaps);
            map.HasMaps = true;
        }
    }

    private void FreezeFor(BpfProgram program)
    {
        foreach (KernelMap map in _maps.Where(map => ConstantStrings.Freeze(map.Definition, program)))
        {
            int errno = new KernelMapAccess(map, this).Freeze();
            if (errno != 0) throw new TargetException($"map {map.Definition.Name} is not frozen: {Errnos.Name(errno)}");
        }
    }

    private void FillWithPrograms()
    {
        foreach (KernelMap map in _maps)
        {
            if (KernelMap.HoldsPrograms(map.Definition) && !ProgramContents.AreIn(map)) ProgramContents.PutInto(map, this);
        }
    }
}
