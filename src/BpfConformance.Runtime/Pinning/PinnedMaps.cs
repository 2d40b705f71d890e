using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Runtime.Pinning;

/// <summary>
/// Maps as the older loaders load them (iproute2 lib/bpf_legacy.c, bpf_map_attach): one that is to be pinned where another is already is that one, if type,
/// sizes, entries and flags are the same; else nothing is loaded.
/// </summary>
public static class PinnedMaps
{
    /// <summary>Loads one map of an object.</summary>
    /// <param name="files">Where it may be pinned.</param>
    /// <param name="maps">Those of the object, whose numbers are pinned.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="loaded">The index of the map that it is: its own, if it is created.</param>
    public static Errno Load(BpfFileSystem files, ImmutableArray<MapDefinition> maps, int index, out int loaded)
    {
        loaded = index;
        if (maps[index].Pin is not { } pin) return Errno.None;
        Errno error = files.Get(pin.Path, out int there);
        if (error == Errno.None)
        {
            loaded = there;
            return (uint)there < (uint)maps.Length && IsAsStated(maps[there], maps[index]) ? Errno.None : Errno.EINVAL;
        }

        foreach (string folder in pin.Folders) files.MakeFolder(folder); // one that is there stays
        return error == Errno.ENOENT ? files.Pin(pin.Path, index) : error;
    }

    /// <summary>Loads all of them, one after the other; they were found to be right.</summary>
    /// <returns>For each the index of the map that it is.</returns>
    public static ImmutableArray<int> Load(BpfFileSystem files, ImmutableArray<MapDefinition> maps)
    {
        var loaded = ImmutableArray.CreateBuilder<int>(maps.Length);
        for (int index = 0; index < maps.Length; index++)
        {
            Load(files, maps, index, out int which);
            loaded.Add(which);
        }

        return loaded.MoveToImmutable();
    }

    /// <summary>The index of the map that each of a case is.</summary>
    public static ImmutableArray<int> Of(ImmutableArray<MapDefinition> maps) =>
        maps.All(map => map.Pin is null) ? [.. Enumerable.Range(0, maps.Length)] : Load(new BpfFileSystem([]), maps);

    /// <summary>A program that names maps by the first of those that are one.</summary>
    public static BpfProgram Resolve(BpfProgram program, ImmutableArray<MapDefinition> maps)
    {
        if (maps.All(map => map.Pin is null)) return program;
        ImmutableArray<int> loaded = Of(maps);
        Instruction[] slots = [.. program.Instructions];
        for (int pc = 0; pc < slots.Length; pc += slots[pc].IsWide ? 2 : 1)
        {
            bool isKnown = slots[pc].NamesMap && (uint)slots[pc].Immediate < (uint)maps.Length;
            if (isKnown) slots[pc] = slots[pc] with { Immediate = loaded[slots[pc].Immediate] };
        }

        return program with { Instructions = [.. slots] };
    }

    /// <summary>bpf_map_selfcheck_pinned there: what the kernel says of a map, against what the object states.</summary>
    private static bool IsAsStated(MapDefinition map, MapDefinition stated) =>
        (map.Type, map.KeyBytes, map.ValueBytes, map.MaxEntries, map.FlagsAfterwards)
        == (stated.Type, stated.KeyBytes, stated.ValueBytes, stated.MaxEntries, stated.Flags);
}
