using BpfConformance.Abi.Maps;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>By which descriptors and numbers the kernel knows the maps and programs that a case knows by index.</summary>
/// <param name="maps">Those of the case, as many as there are so far.</param>
internal sealed class CaseDescriptors(List<KernelMap> maps)
{
    private FileDescriptor[] _programs = [];
    private uint[]? _programIds;

    private uint[] ProgramIds => _programIds ??= [.. _programs.Select(ObjectId.Of)];

    /// <param name="programs">Those of the case, by index; they stay the caller's.</param>
    public void SetPrograms(FileDescriptor[] programs) => (_programs, _programIds) = (programs, null);

    /// <summary>Those of the maps by index, and after them those of the twin's own maps.</summary>
    public int[] With(params ReadOnlySpan<KernelMap?> more)
    {
        var fds = new int[maps.Count + more.Length];
        for (int i = 0; i < maps.Count; i++) fds[i] = maps[i].Fd;
        for (int i = 0; i < more.Length; i++) fds[maps.Count + i] = more[i]?.Fd ?? -1;
        return fds;
    }

    /// <summary>The index of the map or program to which the kernel gave this number; −1: there is none.</summary>
    /// <param name="holder">What it is in.</param>
    /// <param name="id">The number.</param>
    public int IndexOf(MapDefinition holder, uint id) => KernelMap.HoldsPrograms(holder) ? Array.IndexOf(ProgramIds, id) : MapWith(id);

    /// <summary>The descriptor by which user space names a map or program with an index; −1: there is none.</summary>
    /// <param name="holder">What it is to go into.</param>
    /// <param name="index">Of the case's maps or programs.</param>
    public int Of(MapDefinition holder, int index) =>
        !KernelMap.HoldsPrograms(holder) ? maps[index].Fd
        : (uint)index < (uint)_programs.Length ? _programs[index].Number
        : -1;

    /// <summary>The descriptor of a map, or behind the maps of a program.</summary>
    public int Of(int subject) => subject < maps.Count ? maps[subject].Fd : _programs[subject - maps.Count].Number;

    /// <summary>Which of them a descriptor is; −1: none.</summary>
    public int SubjectOf(FileDescriptor found)
    {
        uint id = ObjectId.Of(found);
        if (ObjectId.IsMap(found)) return MapWith(id);
        int program = Array.IndexOf(ProgramIds, id);
        return program < 0 ? program : maps.Count + program;
    }

    /// <summary>The descriptor of a program by its number, which counts from 1; a number beyond them all: none is.</summary>
    public int ProgramOf(int number) => number <= _programs.Length ? _programs[number - 1].Number : int.MaxValue;

    /// <summary>The number of the program that the kernel knows by this one; 0: it is none of the case.</summary>
    public int ProgramWith(uint id) => Array.IndexOf(ProgramIds, id) + 1;

    private int MapWith(uint id) => maps.FindIndex(map => map.Id == id); // a map that is pinned twice is the first of both
}
