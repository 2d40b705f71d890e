using System.Diagnostics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Writes the program that does with a map what its memory says.</summary>
/// <param name="layout">Of the memory.</param>
/// <param name="definition">The map.</param>
/// <param name="map">Its index in the case.</param>
internal sealed class OperationProgram(OperationLayout layout, MapDefinition definition, int map)
{
    // Registers that are shown afterwards hold no addresses.
    private static readonly Instruction[] s_leave = [Move(6, 0), Move(7, 0), Exit];

    /// <summary>One branch for each deed, as the verifier judges all of them at the load.</summary>
    /// <param name="deeds">What is done.</param>
    /// <param name="type">Of the program; with a hook what is its memory elsewhere is its packet.</param>
    public Instruction[] With(IEnumerable<MapDeed> deeds, ProgramType type)
    {
        List<Instruction> program = [.. type == ProgramType.Xdp ? FindPacket : [Copy(6, 1)], Slot(0x61, 7, 6, OperationLayout.DeedAt)];
        foreach (MapDeed deed in deeds.Distinct())
        {
            Instruction[] branch = [.. Branch(deed), .. s_leave];
            program.AddRange([Slot(0x55, 7, 0, branch.Length, (int)deed), .. branch]);
        }

        return [.. program, Move(0, -1), .. s_leave];
    }

    /// <summary>What is shorter than is needed does nothing.</summary>
    private Instruction[] FindPacket =>
    [
        Slot(0x61, 6, 1, 0), Slot(0x61, 7, 1, 4), Copy(2, 6), Slot(0x07, 2, 0, 0, layout.Bytes),
        Slot(0xbd, 2, 7, 1 + s_leave.Length), Move(0, -1), .. s_leave,
    ];

    private Instruction[] Branch(MapDeed deed) => deed switch
    {
        MapDeed.Lookup => [.. OnKey, CallHelper(1), .. LeaveIfNull(0), .. CopyOut, Move(0, 1)],
        MapDeed.LookupOn => [.. OnKey, Slot(0x61, 3, 6, OperationLayout.ProcessorAt), CallHelper(195), .. LeaveIfNull(0), .. CopyOut, Move(0, 1)],
        MapDeed.Store => [.. OnKey, CallHelper(1), .. LeaveIfNull(0), .. CopyIn, Move(0, 1)],
        MapDeed.StoreLocked =>
        [
            .. OnKey, CallHelper(1), .. LeaveIfNull(0), Copy(7, 0), .. AtLock, CallHelper(93), Copy(0, 7), .. CopyIn, .. AtLock, CallHelper(94), Move(0, 1),
        ],
        MapDeed.Update => [.. OnKey, .. At(3, layout.ValueAt), .. Flags(4), CallHelper(2)],
        MapDeed.Delete => [.. OnKey, CallHelper(3)],
        MapDeed.Push => [.. OnValue, .. Flags(3), CallHelper(87)],
        MapDeed.Pop => [.. OnValue, CallHelper(88)],
        MapDeed.Peek => [.. OnValue, CallHelper(89)],
        MapDeed.LookupInner => [.. OnInnerKey(0), CallHelper(1), .. LeaveIfNull(1), .. CopyOut, Move(0, 2)],
        MapDeed.UpdateInner => [.. OnInnerKey(1), .. At(3, layout.ValueAt), .. Flags(4), CallHelper(2)],
        MapDeed.LookupAndDelete or MapDeed.NextKey or MapDeed.Freeze => throw new UnreachableException($"programs do not {deed}"),
    };

    private Instruction[] OnKey => [.. Wide(1, 1, map), .. At(2, OperationLayout.KeyAt)];

    private Instruction[] OnValue => [.. Wide(1, 1, map), .. At(2, layout.ValueAt)];

    private Instruction[] OnInnerKey(int ifNone) =>
        [.. OnKey, CallHelper(1), .. LeaveIfNull(ifNone), Copy(1, 0), .. At(2, layout.InnerKeyAt)];

    private IEnumerable<Instruction> CopyOut => Pieces().SelectMany(piece => (Instruction[])
        [Slot((byte)(0x61 | piece.Size), 1, 0, piece.Offset), Slot((byte)(0x63 | piece.Size), 6, 1, layout.ValueAt + piece.Offset)]);

    private IEnumerable<Instruction> CopyIn => Pieces().SelectMany(piece => (Instruction[])
        [Slot((byte)(0x61 | piece.Size), 1, 6, layout.ValueAt + piece.Offset), Slot((byte)(0x63 | piece.Size), 0, 1, piece.Offset)]);

    private Instruction[] AtLock => [Copy(1, 7), Slot(0x07, 1, 0, 0, ValueFields.Of(definition).SpinLock)];

    private static Instruction[] At(int register, int offset) => [Copy(register, 6), Slot(0x07, register, 0, 0, offset)];

    private static Instruction[] Flags(int register) => [Slot(0x79, register, 6, OperationLayout.FlagsAt)];

    private static Instruction[] LeaveIfNull(int result) =>
        [Slot(0x55, 0, 0, s_leave.Length + 1), Move(0, result), .. s_leave];

    /// <summary>The value around its fields, in the largest accesses, with the size's bits of their opcodes (RFC 9669 §5).</summary>
    private IEnumerable<(int Offset, int Size)> Pieces()
    {
        int offset = 0;
        foreach (int end in definition.Fields.Select(field => field.Offset).Append(layout.ValueBytes))
        {
            foreach ((int bytes, int size) in ((int, int)[])[(8, 0x18), (4, 0), (2, 0x08), (1, 0x10)])
            {
                for (; offset + bytes <= end; offset += bytes) yield return (offset, size);
            }

            offset = definition.Fields.Where(field => field.Offset == end).Select(field => field.End).LastOrDefault(offset);
        }
    }
}
