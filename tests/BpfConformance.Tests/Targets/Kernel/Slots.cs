using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Spells programs slot by slot: these tests are about slots, also impossible ones.</summary>
internal static class Slots
{
    public static Instruction Exit => Slot(0x95);

    public static Instruction Slot(byte opcode, int dst = 0, int src = 0, int offset = 0, int immediate = 0) =>
        new(opcode, (Register)dst, (Register)src, (short)offset, immediate);

    public static Instruction Move(int dst, int immediate) => Slot(0xb7, dst, 0, 0, immediate);

    public static Instruction Copy(int dst, int src) => Slot(0xbf, dst, src);

    public static Instruction Ja(int offset) => Slot(0x05, 0, 0, offset);

    public static Instruction CallLocal(int immediate) => Slot(0x85, 0, 1, 0, immediate);

    public static Instruction CallHelper(int helper) => Slot(0x85, 0, 0, 0, helper);

    public static Instruction[] Wide(int dst, int src, int immediate, int next = 0) =>
        [Slot(0x18, dst, src, 0, immediate), Slot(0, 0, 0, 0, next)];

    /// <summary>The address of a place on the stack.</summary>
    public static Instruction[] StackAt(int dst, int offset) => [Copy(dst, 10), Slot(0x07, dst, 0, 0, offset)];

    public static LoadRequest Request(Instruction[] program, int dataBytes = 0, params MapDefinition[] maps) =>
        new(new BpfProgram([.. program]), [.. maps], dataBytes);

    public static LoadRequest Request(ProgramType type, Instruction[] program, int dataBytes = 0) =>
        new(new BpfProgram([.. program], type), ImmutableArray<MapDefinition>.Empty, dataBytes);

    public static MapDefinition Array(string name, int valueBytes, int maxEntries = 1) =>
        new(name, MapType.Array, 4, valueBytes, maxEntries);
}
