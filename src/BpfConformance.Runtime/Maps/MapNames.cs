using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Runtime.Maps;

/// <summary>Which maps a program names.</summary>
internal static class MapNames
{
    /// <summary>Whether one of several programs has an instruction that names a map, in whichever form.</summary>
    public static bool IsIn(BpfProgram program, int index, int map)
    {
        ReadOnlySpan<Instruction> slots = program.Instructions.AsSpan()[program.SlotsOf(index)];
        for (int pc = 0; pc < slots.Length; pc += slots[pc].IsWide ? 2 : 1)
        {
            if (slots[pc].NamesMap && slots[pc].Immediate == map) return true;
        }

        return false;
    }

    /// <summary>The first program that names two maps of a kind of which each program has one (kernel/bpf/local_storage.c, 6.18, bpf_cgroup_storage_assign).</summary>
    public static ValidationError? FirstWithTwoStorages(BpfProgram program, ImmutableArray<MapDefinition> maps)
    {
        if (maps.Length < 2) return null;
        foreach (MapType type in (ReadOnlySpan<MapType>)[MapType.CgroupStorage, MapType.PercpuCgroupStorage])
        {
            int[] storages = [.. Enumerable.Range(0, maps.Length).Where(map => maps[map].Type == type)];
            if (storages.Length < 2) continue;
            for (int index = 0; index < program.Count; index++)
            {
                if (storages.Count(map => IsIn(program, index, map)) < 2) continue;
                return new(ReasonClass.InvalidMapReference, program[index].Start, $"program {program[index].Name} names two maps of kind {type}");
            }
        }

        return null;
    }

    /// <summary>
    /// The first program that is of another kind than the one before with which an array that can have programs was loaded: the kernel does
    /// not load it (kernel/bpf/core.c, 6.18, bpf_check_tail_call).
    /// </summary>
    public static ValidationError? FirstMisfit(BpfProgram program, ImmutableArray<MapDefinition> maps)
    {
        for (int map = 0; map < maps.Length; map++)
        {
            if (!HasOwner(maps[map].Type)) continue;
            int[] users = [.. Enumerable.Range(0, program.Count).Where(index => IsIn(program, index, map))];
            foreach (int user in users)
            {
                ProgramKind owner = ProgramKind.Of(program, users[0], maps);
                var kind = ProgramKind.Of(program, user, maps);
                if (owner.Takes(kind, maps[map].Type)) continue;
                string demand = owner.Type != kind.Type ? $"are of type {owner.Type}"
                    : owner.Takes(kind with { AttachType = owner.AttachType }, maps[map].Type) ? $"are attached to {owner.AttachType}"
                    : $"have storage at control groups as {program[users[0]].Name} has";
                return new(
                    ReasonClass.InvalidMapReference, program[user].Start,
                    $"program {program[user].Name} names map {maps[map].Name}, whose programs {demand}");
            }
        }

        return null;
    }

    /// <summary>
    /// The first program that names a map which it may not: programs that trace have no use for locks and timers in values, socket filters none for locks, and programs
    /// that may sleep name maps of some kinds alone (kernel/bpf/verifier.c, 6.18, check_map_prog_compatibility).
    /// </summary>
    public static ValidationError? FirstForbidden(BpfProgram program, ImmutableArray<MapDefinition> maps)
    {
        for (int map = 0; map < maps.Length; map++)
        {
            ValueFields fields = ValueFields.Of(maps[map]);
            for (int index = 0; index < program.Count; index++)
            {
                bool hasNoUse = ((fields.HasSpinLock || fields.HasTimer) && Traces(program[index].Type)) || (fields.HasSpinLock && program[index].Type == ProgramType.SocketFilter);
                bool isForAwake = program.Sleeps(index) && !IsForSleepers(maps[map].Type);
                if (!(hasNoUse || isForAwake) || !IsIn(program, index, map)) continue;
                string why = hasNoUse ? "whose values have fields that its type has no use for" : $"and may sleep: maps of kind {maps[map].Type} are for those that may not";
                return new(ReasonClass.InvalidMapReference, program[index].Start, $"program {program[index].Name} names map {maps[map].Name}, {why}");
            }
        }

        return null;
    }

    /// <summary>is_tracing_prog_type there.</summary>
    private static bool Traces(ProgramType type) => type is ProgramType.Kprobe or ProgramType.Tracepoint or ProgramType.PerfEvent
        or ProgramType.RawTracepoint or ProgramType.RawTracepointWritable;

    /// <summary>Kinds of maps that programs may name which sleep.</summary>
    private static bool IsForSleepers(MapType type) => type is MapType.Hash or MapType.LruHash or MapType.Array or MapType.PercpuHash or MapType.PercpuArray
        or MapType.LruPercpuHash or MapType.ArrayOfMaps or MapType.HashOfMaps or MapType.Ringbuf or MapType.UserRingbuf or MapType.InodeStorage
        or MapType.SkStorage or MapType.TaskStorage or MapType.CgrpStorage or MapType.Queue or MapType.Stack or MapType.Arena;

    /// <summary>map_type_contains_progs there.</summary>
    private static bool HasOwner(MapType type) => type is MapType.ProgArray or MapType.Devmap or MapType.Cpumap;
}
