using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Engine.Generation.Sweep;

/// <summary>What calls of the sweep call, and what is done with addresses that wide instructions load.</summary>
internal static class SweepCalls
{
    /// <summary>Of look-ups.</summary>
    public const Register KeyRegister = Register.R3;

    private const int MapLookup = 1;
    private const int Loop = 181;
    private const int LoopCount = 4;
    private const short Key = RegisterFile.StackAddress; // the words to access are in memory then
    private const int ValueMap = 1;

    /// <summary>An array to look up in, and one whose value has an address.</summary>
    public static ImmutableArray<MapDefinition> Maps { get; } =
    [
        new MapDefinition("entries", MapType.Array, sizeof(int), sizeof(ulong), 4) { Contents = [.. Enumerable.Range(0, 4).Select(Entry)] },
        new MapDefinition("value", MapType.Array, sizeof(int), 2 * sizeof(ulong), 1)
        {
            Contents = [new MapEntry(new byte[sizeof(int)], Enumerable.Range(1, 2 * sizeof(ulong)).Select(i => (byte)(i * 17)).ToArray())],
        },
    ];

    /// <summary>Whether the program needs <see cref="Maps"/>.</summary>
    public static bool NeedsMaps(InstructionDef row) =>
        row.Operation == Operation.CallHelper || (row.Operation == Operation.LoadImm64 && SourceOf(row) is not (LoadImm64Source.Immediate or LoadImm64Source.Variable or LoadImm64Source.Code));

    /// <summary>Whether nothing is in r1 to r5 afterwards.</summary>
    public static bool Calls(InstructionDef row) => row.Operation switch
    {
        Operation.CallHelper or Operation.CallLocal or Operation.CallKernel or Operation.CallRegister => true,
        Operation.LoadImm64 => SourceOf(row) is LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex or LoadImm64Source.Code,
        _ => false,
    };

    /// <summary>What stands in the place of the instruction: it, and what makes something of its address.</summary>
    /// <param name="point">The instruction.</param>
    /// <param name="slotsBehind">From the end of this to the function.</param>
    public static Instruction[] Body(in SweepPoint point, int slotsBehind)
    {
        Instruction first = point.Instruction;
        Register dst = (Register)first.Dst;
        return point.Row.Operation switch
        {
            Operation.CallLocal => [first with { Immediate = slotsBehind }],
            Operation.CallHelper => LookUp(Register.R1, [new(Opcodes.LoadImm64, Register.R1, (Register)LoadImm64Source.MapByIndex, 0, 0), new(0, 0, 0, 0)]),
            Operation.LoadImm64 => SourceOf(point.Row) switch
            {
                LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex => LookUp(dst, [first, new(0, 0, 0, 0)]),
                LoadImm64Source.MapValueByFd or LoadImm64Source.MapValueByIndex =>
                    [first with { Immediate = ValueMap }, new(0, 0, 0, point.NextImmediate), Code.Load(sizeof(ulong), dst, dst, 0)],
                LoadImm64Source.Code => RunLoop(dst, first, slotsBehind),
                LoadImm64Source.Immediate or LoadImm64Source.Variable => [first, new(0, 0, 0, point.NextImmediate)],
            },
            _ => [first],
        };
    }

    /// <summary>A function that changes all that it must leave as it was.</summary>
    public static Instruction[] Function(InstructionDef row) => row.Operation == Operation.CallLocal
        ?
        [
            Code.Move(Register.R0, Register.R1), Code.Subtract(Register.R0, Register.R5),
            .. Enumerable.Range((int)Register.R6, 4).Select(r => Code.MoveImmediate((Register)r, r)), Code.Exit,
        ]
        : row.Operation == Operation.LoadImm64 && SourceOf(row) == LoadImm64Source.Code ? [Code.MoveImmediate(Register.R0, 0), Code.Exit]
        : [];

    private static LoadImm64Source SourceOf(InstructionDef row) => (LoadImm64Source)row.Src.Value;

    /// <summary>r0 = the entry whose key is the low half of <see cref="KeyRegister"/>, or 0.</summary>
    private static Instruction[] LookUp(Register map, Instruction[] load) =>
    [
        Code.Store(sizeof(int), Register.R10, Key, KeyRegister),
        .. load,
        Code.Move(Register.R1, map),
        Code.Move(Register.R2, Register.R10),
        Code.Add(Register.R2, Key),
        new(Opcodes.Call, 0, 0, MapLookup),
        new(Opcodes.JumpIfEqualImmediate64, Register.R0, default, 1, 0),
        Code.Load(sizeof(ulong), Register.R0, Register.R0, 0),
    ];

    private static Instruction[] RunLoop(Register dst, Instruction load, int slotsBehind)
    {
        Instruction[] call =
        [
            new(0, 0, 0, 0),
            Code.Move(Register.R2, dst),
            Code.MoveImmediate(Register.R1, LoopCount),
            Code.MoveImmediate(Register.R3, 0),
            Code.MoveImmediate(Register.R4, 0),
            new(Opcodes.Call, 0, 0, Loop),
        ];
        return [load with { Immediate = call.Length + slotsBehind }, .. call];
    }

    private static MapEntry Entry(int key)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, key);
        return new MapEntry(bytes, Enumerable.Range(1, sizeof(ulong)).Select(i => (byte)((key + 1) * i * 29)).ToArray());
    }
}
