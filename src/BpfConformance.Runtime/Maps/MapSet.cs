using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>The maps of a machine, by index.</summary>
public sealed unsafe class MapSet : IDisposable
{
    private readonly Map[] _maps;
    private readonly LoadedMaps _loaded;
    private readonly ImmutableArray<Map> _created;
    private readonly CgroupStorageKind[] _ofGroups;
    private readonly ObjectStorageMap[] _ofObjects;
    private readonly HashSet<Map> _frozen;
    private readonly HostSockets _sockets;
    private GCHandle _handle;

    internal MapSet(ImmutableArray<MapDefinition> definitions, BpfProgram program, HostSockets sockets)
    {
        (_maps, _loaded, _sockets) = (new Map[definitions.Length], LoadedMaps.Of(definitions), sockets);
        for (int map = 0; map < _maps.Length; map++) _maps[map] = IsCreated(map) ? MapFactory.Create(definitions[map]) : _maps[_loaded.Indices[map]];
        for (int map = 0; map < _maps.Length; map++)
        {
            if (!IsCreated(map)) continue;
            _maps[map].Join(map, _loaded, program);
            _maps[map].Join(sockets);
        }

        HoldSockets = definitions.Any(map => map.HoldsSockets);
        _created = [.. _maps.Distinct()];
        _frozen = [.. _created.Where(map => ConstantStrings.Freeze(map.Definition, program))];
        _ofGroups = [.. _created.OfType<CgroupStorageKind>()];
        _ofObjects = [.. _created.OfType<ObjectStorageMap>()];
        _handle = GCHandle.Alloc(_maps);
    }

    public int Count => _maps.Length;

    /// <summary>Whether any of them can hold sockets.</summary>
    internal bool HoldSockets { get; }

    public Map this[int index] => _maps[index];

    /// <summary>Why one of them has not the contents that its definition states; <c>null</c>: all have.</summary>
    public string? Problem { get; private set; }

    /// <summary>What <see cref="Of"/> finds them by.</summary>
    internal nint Handle => GCHandle.ToIntPtr(_handle);

    /// <summary>The first map that this machine does not create, or <c>null</c>.</summary>
    public static ValidationError? Check(ImmutableArray<MapDefinition> definitions)
    {
        if (definitions.IsEmpty) return null;
        var files = new BpfFileSystem([]);
        for (int index = 0; index < definitions.Length; index++)
        {
            MapDefinition map = definitions[index];
            if (PinnedMaps.Load(files, definitions, index, out int loaded) is not Errno.None and var unlike)
            {
                return new(ReasonClass.InvalidMapDefinition, 0, $"map {map.Name} is not loaded: {unlike}, as another is pinned at {map.Pin!.Path}"); // else there is no error
            }

            if (loaded != index) continue;
            if (!MapFactory.Types.Contains(map.Type)) return new(ReasonClass.NotImplemented, 0, $"maps of kind {map.Type} are not implemented");
            if (MapFactory.Check(map, definitions) is not Errno.None and var error)
            {
                return new(ReasonClass.InvalidMapDefinition, 0, $"map {map.Name} is not created: {error}");
            }

            if (MapFactory.WhyTooLarge(map) is { } why) return new(ReasonClass.NotImplemented, 0, $"map {map.Name} is not created: {why}");
        }

        return null;
    }

    /// <summary>Whether a map is its own, and none that was pinned before.</summary>
    public bool IsCreated(int map) => _loaded.IsCreated(map);

    /// <summary>What a map is, by its index; what is behind the maps is itself.</summary>
    public int LoadedAs(int subject) => subject < Count ? _loaded.Indices[subject] : subject;

    /// <summary>The map that an address of a program stands for, or <c>null</c>.</summary>
    public static Map? Of(Machine* m, ulong address)
    {
        ulong index = (address >> 32) - Regions.Maps;
        if (m->Maps == 0 || (uint)address != 0) return null;
        Map[] maps = All(m);
        return index < (ulong)maps.Length ? maps[index] : null;
    }

    /// <summary>How many there are.</summary>
    internal static int CountOf(Machine* m) => m->Maps == 0 ? 0 : All(m).Length;

    /// <summary>The index of the map that an address stands for; it stands for one.</summary>
    public static int IndexOf(ulong address) => (int)(address >> 32) - Regions.Maps;

    /// <summary>The map with an index, of those that there are.</summary>
    internal static Map At(Machine* m, int index) => All(m)[index];

    /// <summary>Gives every map the contents that its definition states.</summary>
    public void Reset()
    {
        _sockets.Clear();
        foreach (Map map in _created)
        {
            map.IsFrozen = false; // for what it is to begin with
            map.Clear();
            map.Timers?.Clear();
            map.ForgetBatch();
            foreach (MapEntry entry in map.Definition.Contents)
            {
                if (map.Put(entry) is not Errno.None and var error) Problem = $"map {map.Definition.Name} does not take what it is to begin with: {error}";
            }

            map.IsFrozen = _frozen.Contains(map);
        }
    }

    /// <summary>A program is attached to the control group, where it may find what is stored for it.</summary>
    /// <param name="program">By its index.</param>
    public void Attach(int program)
    {
        foreach (CgroupStorageKind map in _ofGroups) map.Attach(program);
    }

    /// <summary>A program is about to run.</summary>
    /// <param name="program">By its index.</param>
    /// <param name="isAttached">Or else by TEST_RUN.</param>
    internal void BeginRun(int program, bool isAttached)
    {
        foreach (CgroupStorageKind map in _ofGroups) map.BeginRun(program, isAttached);
        foreach (ObjectStorageMap map in _ofObjects) map.TryDelete(StoredObject.SocketOfRun);
    }

    /// <summary>Says what is in all of them.</summary>
    public void Show(ref MapImageWriter image)
    {
        foreach (Map map in _maps) map.Show(ref image);
    }

    public void Dispose()
    {
        if (!_handle.IsAllocated) return;
        _handle.Free();
        foreach (Map map in _created) map.Dispose();
    }

    private static Map[] All(Machine* m) => (Map[])GCHandle.FromIntPtr(m->Maps).Target!; // they live as long as the machine
}
