using BpfConformance.Abi.Instructions;

namespace BpfConformance.Engine.Generation.Sweep;

/// <summary>All instructions of one form that the sweep goes through: each field takes, independently of the others, the values that its rule allows.</summary>
internal sealed class SweepRow
{
    /// <summary>The stack by r0 to r10, and memory by r0 to r9: the registers of an address in the order of their codes.</summary>
    private const int Addresses = (2 * MachineLimits.RegisterCount) - 1;

    /// <summary>RFC 9669 section 5: the mode of loads and stores, and that of those that are atomic.</summary>
    private const int ModeBits = 0xe0;
    private const int AtomicMode = 0xc0;

    private readonly bool _isAccess;
    private readonly bool _isLoad;
    private readonly int[] _dst;
    private readonly int[] _src;
    private readonly int[] _offsets;
    private readonly int[] _immediates;
    private readonly int[] _next;

    public SweepRow(InstructionDef row)
    {
        Row = row;
        _isLoad = row.Operation is Operation.Load or Operation.LoadSigned or Operation.LoadAcquire;
        _isAccess = new SweepPoint(row, default, 0, false).Address is not null;
        _dst = _isAccess && !_isLoad ? [.. Enumerable.Range(0, Addresses)] : Registers(row.Dst);
        _src = _isLoad ? [.. Enumerable.Range(0, Addresses)] : SourceRegisters(row);
        _offsets = row.Offset.Kind != FieldRuleKind.Any ? [row.Offset.Value] : _isAccess ? AccessOffsets(row) : [1];
        _immediates = row.Immediate.Kind == FieldRuleKind.Any ? Immediates(row) : [row.Immediate.Value];
        _next = row.NextImmediate is { Kind: FieldRuleKind.Any } ? NextImmediates(row) : [0];
        Count = _dst.Length * _src.Length * _offsets.Length * _immediates.Length * _next.Length;
    }

    public InstructionDef Row { get; }

    public int Count { get; }

    public SweepPoint this[int index]
    {
        get
        {
            int dst = Digit(ref index, _dst);
            int src = Digit(ref index, _src);
            int offset = Digit(ref index, _offsets);
            int immediate = Digit(ref index, _immediates);
            int next = Digit(ref index, _next);
            int? address = !_isAccess ? null : _isLoad ? src : dst;
            if (address == (int)Register.R10) offset += RegisterFile.StackAddress;
            var instruction = new Instruction(Row.Opcode, ToRegister(dst), ToRegister(src), (short)offset, immediate);
            return new SweepPoint(Row, instruction, next, IsStack: address <= (int)Register.R10);
        }
    }

    private static Register ToRegister(int code) => (Register)(code % MachineLimits.RegisterCount);

    private static int Digit(ref int index, int[] values)
    {
        int digit = index % values.Length;
        index /= values.Length;
        return values[digit];
    }

    private static int[] Registers(FieldRule rule) => rule.Kind switch
    {
        FieldRuleKind.AnyRegister => [.. Enumerable.Range(0, (int)Register.R10 + 1)],
        FieldRuleKind.WritableRegister => [.. Enumerable.Range(0, (int)Register.R10)],
        FieldRuleKind.Zero or FieldRuleKind.Any or FieldRuleKind.Exactly => [rule.Value],
    };

    /// <summary>The context of a packet stays in r6, and no address is an index into it.</summary>
    private static int[] SourceRegisters(InstructionDef row) => row.Operation == Operation.LegacyIndirect
        ? [.. Registers(row.Src).Except([(int)Register.R6, (int)Register.R10])]
        : Registers(row.Src);

    /// <summary>Before and behind the address; one of them across the words, which atomics must refuse.</summary>
    private static int[] AccessOffsets(InstructionDef row) => (row.Opcode & ModeBits) == AtomicMode ? [-8, -3, 0] : [-8, -3, 0, 3];

    private static int[] Immediates(InstructionDef row) => row.Operation switch
    {
        Operation.Ja => [1],
        Operation.CallHelper or Operation.CallLocal or Operation.CallKernel => [0], // the program says whom
        Operation.LegacyAbsolute or Operation.LegacyIndirect => SweepPacket.Offsets,
        Operation.LoadImm64 when !row.Src.Allows((int)LoadImm64Source.Immediate) => [0],
        _ => [.. ValueLattice.Immediates],
    };

    private static int[] NextImmediates(InstructionDef row) => row.Src.Allows((int)LoadImm64Source.Immediate) ? [.. ValueLattice.Immediates] : [0, 8];
}
