using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// What programs that tail calls lead to have in common with the array's owner (kernel/bpf/core.c, 6.18, <c>__bpf_prog_map_compatible</c>): they run with what
/// is stored at control groups for the program from which the first call came.
/// </summary>
/// <param name="Type">The type.</param>
/// <param name="AttachType">What its load is for.</param>
/// <param name="Storage">The index of the map of that kind that it names; −1: none.</param>
/// <param name="PercpuStorage">The same of a map with values for each processor.</param>
/// <param name="HasTailCalls">Whether it goes on to others.</param>
internal readonly record struct ProgramKind(ProgramType Type, AttachType AttachType, int Storage, int PercpuStorage, bool HasTailCalls)
{
    private const int None = -1;

    public static ProgramKind Of(BpfProgram program, int index, ImmutableArray<MapDefinition> maps) => new(
        program[index].Type,
        Kept(program[index]),
        Named(program, index, maps, MapType.CgroupStorage),
        Named(program, index, maps, MapType.PercpuCgroupStorage),
        HasTailCall(program.Instructions.AsSpan()[program.SlotsOf(index)]));

    /// <summary>
    /// Whether a program may be where this one is the owner: it need not have storage, unless it leads to others that may. Only in an array for tail calls must it
    /// be attached to the same.
    /// </summary>
    public bool Takes(ProgramKind other, MapType array) => other.Type == Type
        && (array != MapType.ProgArray || other.AttachType == AttachType)
        && Takes(Storage, other.Storage, other.HasTailCalls)
        && Takes(PercpuStorage, other.PercpuStorage, other.HasTailCalls);

    /// <summary>Loads of two types that say nothing are as if they had said this (kernel/bpf/syscall.c, 6.18, bpf_prog_load_fixup_attach_type).</summary>
    private static AttachType Kept(in ProgramPart part) => (part.Type, part.NamedAttachType) switch
    {
        (ProgramType.CgroupSock, default(AttachType)) => AttachType.CgroupInetSockCreate,
        (ProgramType.SkReuseport, default(AttachType)) => AttachType.SkReuseportSelect,
        _ => part.NamedAttachType,
    };

    private static bool Takes(int own, int other, bool hasTailCalls) => other == own || (other == None && !hasTailCalls);

    private static bool HasTailCall(ReadOnlySpan<Instruction> slots)
    {
        for (int pc = 0; pc < slots.Length; pc += slots[pc].IsWide ? 2 : 1)
        {
            if (TailCalls.Is(slots[pc])) return true;
        }

        return false;
    }

    private static int Named(BpfProgram program, int index, ImmutableArray<MapDefinition> maps, MapType type)
    {
        for (int map = 0; map < maps.Length; map++)
        {
            if (maps[map].Type == type && MapNames.IsIn(program, index, map)) return map;
        }

        return None;
    }
}
