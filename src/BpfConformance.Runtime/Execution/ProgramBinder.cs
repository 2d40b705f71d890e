using System.Collections.Immutable;
using System.Diagnostics;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// What a program asks of the machine around it: helpers, maps, functions. Found out once at load, after the fields
/// themselves were found right.
/// </summary>
public static unsafe class ProgramBinder
{
    /// <summary>Opcodes of instructions that may need something: few of any program.</summary>
    private static readonly bool[] s_mayNeed =
        [.. Enumerable.Range(0, 256).Select(opcode => InstructionTable.WithOpcode((byte)opcode).Any(row => MayNeed(row.Operation)))];

    /// <summary>What the thread checked last: one engine after the other is given the same program.</summary>
    [ThreadStatic]
    private static (BpfProgram? Program, ImmutableArray<MapDefinition> Maps, ValidationError? Error) t_last;

    /// <summary>Returns the first thing that is wrong with a program, or that this machine cannot give; or <c>null</c>.</summary>
    /// <param name="program">Any slots.</param>
    /// <param name="maps">The maps it names by index.</param>
    public static ValidationError? Check(BpfProgram program, ImmutableArray<MapDefinition> maps)
    {
        ref (BpfProgram? Program, ImmutableArray<MapDefinition> Maps, ValidationError? Error) last = ref t_last;
        if (!ReferenceEquals(last.Program, program) || last.Maps != maps) last = (program, maps, Find(program, maps));
        return last.Error;
    }

    private static ValidationError? Find(BpfProgram program, ImmutableArray<MapDefinition> maps)
    {
        if ((ProgramValidator.Validate(program) ?? MapSet.Check(maps) ?? HookContexts.Check(program)) is { } problem) return problem;
        ReadOnlySpan<Instruction> slots = program.Instructions.AsSpan();
        for (int index = 0; index < program.Count; index++)
        {
            (int start, int count) = program.SlotsOf(index).GetOffsetAndLength(slots.Length);
            for (int pc = start; pc < start + count; pc += slots[pc].IsWide ? 2 : 1)
            {
                if (s_mayNeed[slots[pc].Opcode] && Check(program, index, pc, maps) is { } error) return error;
            }
        }

        return MapNames.FirstWithTwoStorages(program, maps) ?? MapNames.FirstMisfit(program, maps) ?? MapNames.FirstForbidden(program, maps);
    }

    /// <summary>The type of a program that may not do something; and what it is attached to, where others of its type may.</summary>
    /// <param name="part">The program.</param>
    /// <param name="may">Whether programs of its type may that are attached to something.</param>
    internal static string KindOf(ProgramPart part, Func<AttachType, bool> may) =>
        Array.Exists(Enum.GetValues<AttachType>(), other => may(other)) ? $"type {part.Type} for {part.NamedAttachType}" : $"type {part.Type}";

    /// <summary>The 64 bits that a wide instruction stands for.</summary>
    public static ulong ImmediateOf(ReadOnlySpan<Instruction> program, int pc, MachineMemory memory)
    {
        (int immediate, int next) = (program[pc].Immediate, program[pc + 1].Immediate);
        return (LoadImm64Source)program[pc].Src switch
        {
            LoadImm64Source.MapValueByFd or LoadImm64Source.MapValueByIndex =>
                memory.Address(Regions.MapValues + immediate, (uint)next),
            LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex => Regions.Address(Regions.Maps + immediate, 0),
            LoadImm64Source.Code => Regions.Address(Regions.Functions + JumpTargets.Of(program[pc], pc), 0),
            LoadImm64Source.Variable => throw new UnreachableException("there are no variables"),
            LoadImm64Source.Immediate => (uint)immediate | ((ulong)(uint)next << 32),
        };
    }

    /// <summary>What the check of an instruction has a case for.</summary>
    private static bool MayNeed(Operation operation) => operation is Operation.LoadImm64 or Operation.CallHelper or Operation.CallKernel
        or Operation.LegacyAbsolute or Operation.LegacyIndirect or Operation.AddressSpaceCast;

    private static ValidationError? Check(BpfProgram program, int index, int pc, ImmutableArray<MapDefinition> maps)
    {
        Instruction i = program.Instructions[pc];
        InstructionDef def = InstructionTable.Of(i);
        return def.Operation switch
        {
            Operation.LoadImm64 => CheckWide(program.Instructions.AsSpan(), pc, maps),
            Operation.CallHelper when HelperTable.NameOf(i.Immediate) is null =>
                new(ReasonClass.UnknownHelper, pc, $"there is no helper {i.Immediate}, expected 1 to {HelperTable.Count}"),
            Operation.CallHelper when !HelperSet.Has((uint)i.Immediate) =>
                new(ReasonClass.NotImplemented, pc, $"helper {i.Immediate} ({HelperTable.NameOf(i.Immediate)}) is not implemented: {HelperOmissions.ReasonOf(i.Immediate)}"),
            Operation.CallKernel =>
                new(ReasonClass.UnknownKernelFunction, pc, $"there is no kernel function with BTF id {i.Immediate}"),
            Operation.CallHelper => CheckPermission(program, index, pc),
            Operation.LegacyAbsolute or Operation.LegacyIndirect when !PacketRules.HasLegacyLoads(program[index].Type) =>
                new(ReasonClass.UnknownOpcode, pc, $"{def} needs a packet: a program of type socket_filter, sched_cls or sched_act"),
            Operation.AddressSpaceCast => new(ReasonClass.NotImplemented, pc, $"{def} is not implemented"),
            _ => null,
        };
    }

    /// <summary>A program without a hook may call whatever there is.</summary>
    private static ValidationError? CheckPermission(BpfProgram program, int index, int pc)
    {
        (ProgramPart part, int helper) = (program[index], program.Instructions[pc].Immediate);
        if (part.Type == ProgramType.Unspecified) return null;
        HelperPrototype? prototype = HelperTable.PrototypeOf(helper, part.Type);
        return prototype is null || !HelperTable.MayCall(helper, part.Type, part.NamedAttachType) ? MayNotCall(part, pc, helper)
            : prototype.IsGplOnly && !Licenses.IsGplCompatible(program.License)
                ? new(ReasonClass.Permission, pc, $"helper {helper} ({prototype.Name}) is there for the GPL alone, and the license is '{program.License}'")
            : null;
    }

    private static ValidationError MayNotCall(ProgramPart part, int pc, int helper)
    {
        string kind = KindOf(part, other => ProgramTypeTable.Find(part.Type, other) is not null && HelperTable.MayCall(helper, part.Type, other));
        return new(ReasonClass.UnknownHelper, pc, $"programs of {kind} may not call helper {helper} ({HelperTable.NameOf(helper)})");
    }

    private static ValidationError? CheckWide(ReadOnlySpan<Instruction> program, int pc, ImmutableArray<MapDefinition> maps)
    {
        (int immediate, int next) = (program[pc].Immediate, program[pc + 1].Immediate);
        switch ((LoadImm64Source)program[pc].Src)
        {
            case LoadImm64Source.Variable:
                return new(ReasonClass.InvalidVariableReference, pc, $"there is no variable with BTF id {immediate}");
            case LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex:
                return !HasMap(maps, immediate) ? NoMap(pc, immediate, maps.Length)
                    : maps[immediate].Type == MapType.Arena ? new(ReasonClass.NotImplemented, pc, $"map {immediate} is an arena: programs reach none here")
                    : null;
            case LoadImm64Source.MapValueByFd or LoadImm64Source.MapValueByIndex:
                if (!HasMap(maps, immediate)) return NoMap(pc, immediate, maps.Length);
                int bytes = ValueBytes(maps[immediate]);
                if (bytes == 0)
                {
                    return new(ReasonClass.InvalidMapReference, pc, $"map {immediate} is no array of one entry: its value has no address");
                }

                return (uint)next < (uint)bytes
                    ? null
                    : new(ReasonClass.InvalidMapReference, pc, $"offset {(uint)next} is beyond the {bytes} bytes of map {immediate}'s value");
            case LoadImm64Source.Immediate or LoadImm64Source.Code or _:
                return null;
        }
    }

    /// <summary>Bytes of a value that has an address: only arrays of one entry do (kernel/bpf/arraymap.c, 6.18, array_map_direct_value_addr).</summary>
    private static int ValueBytes(MapDefinition map) =>
        map is { Type: MapType.Array, MaxEntries: 1 } ? map.ValueBytes : 0;

    private static bool HasMap(ImmutableArray<MapDefinition> maps, int index) => (uint)index < (uint)maps.Length;

    private static ValidationError NoMap(int pc, int index, int count) =>
        new(ReasonClass.InvalidMapReference, pc, $"there is no map {index}: the case has {count}");
}
