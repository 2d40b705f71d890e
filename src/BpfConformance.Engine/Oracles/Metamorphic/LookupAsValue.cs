using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>
/// Names the value of an array of one entry instead of looking it up under the key 0: only arrays of one entry have values with an address
/// (kernel/bpf/arraymap.c, 6.18, array_map_direct_value_addr).
/// </summary>
/// <param name="maps">Those of the case.</param>
public sealed class LookupAsValue(ImmutableArray<MapDefinition> maps) : IRewrite
{
    private const int MapLookup = 1;
    private const byte StoreImmediate32 = 0x62;

    public string Name => "lookup-to-value";

    public Facets Same => Rewrites.SameResults;

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        bool[] entries = program.Entries();
        int at = entropy.Below(program.Code.Length);
        for (int tried = 0; tried < program.Code.Length; tried++, at = (at + 1) % program.Code.Length)
        {
            if (program.Code[at].First is not { Opcode: Opcodes.Call, Src: 0, Immediate: MapLookup }) continue;
            if (MapOf(program, at, entries) is not { } map) continue;
            return program.Replaced(at, new IrInstruction(new Instruction(Opcodes.LoadImm64, Register.R0, (Register)LoadImm64Source.MapValueByIndex, 0, map)));
        }

        return null;
    }

    /// <summary>The map in which such a call looks under the key 0, as what stands before it shows; <c>null</c>: it does not.</summary>
    private int? MapOf(IrProgram program, int call, bool[] entries)
    {
        int? map = null;
        int? key = null; // from the frame pointer
        for (int at = call - 1; at >= 0 && !entries[at + 1]; at--)
        {
            Instruction slot = program.Code[at].First;
            if (map is null && slot is { IsWide: true, Dst: 1, Src: (int)LoadImm64Source.MapByFd or (int)LoadImm64Source.MapByIndex }) map = slot.Immediate;
            else if (key is null && slot is { Opcode: Opcodes.AddImmediate64, Dst: 2 } && at > 0 && program.Code[at - 1].First == Code.Move(Register.R2, Register.R10)) key = slot.Immediate;
            else if (slot is { Opcode: StoreImmediate32, Dst: (int)Register.R10 } && slot.Offset == key) return slot.Immediate == 0 && IsOfOne(map) ? map : null;
            else if (slot.Class is InstructionClass.St or InstructionClass.Stx or InstructionClass.Jmp or InstructionClass.Jmp32) return null;
            else if ((program.Code[at].Writes() & ((map is null ? 1 << 1 : 0) | (key is null ? 1 << 2 : 0))) != 0) return null;
        }

        return null;
    }

    private bool IsOfOne(int? map) => map is { } index && (uint)index < (uint)maps.Length && maps[index] is { Type: MapType.Array, MaxEntries: 1, Flags: MapFlags.None, Fields.IsEmpty: true };
}
