using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Validation;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// Programs that jump and call anywhere: functions share code with each other and with the program, fall into one another, and
/// call themselves. Nothing in them depends on an address, or reads what a call leaves undefined: calls lead to where r0 and r6
/// to r9 are set, and behind them r1 to r5 are.
/// </summary>
internal sealed class TangledPrograms(Random random)
{
    private const int MostSlots = 24;

    /// <summary>Add, xor, mov, mul, div and mod of 32 or 64 bits, from registers.</summary>
    private static readonly int[] s_operations = [0x0f, 0xac, 0xbf, 0x2f, 0x3f, 0x9c];

    private readonly List<Instruction> _slots = [];

    /// <summary>Jumps and calls that lead nowhere yet.</summary>
    private readonly List<int> _open = [];

    private readonly List<int> _calls = [];
    private readonly List<int> _heads = [];

    /// <summary>A well-formed one: every slot can be reached.</summary>
    public Instruction[] Next()
    {
        while (true)
        {
            Instruction[] program = Build();
            if (ProgramValidator.Validate(program) is null) return program;
        }
    }

    private Instruction[] Build()
    {
        _slots.Clear();
        _open.Clear();
        _calls.Clear();
        _heads.Clear();
        Head();
        for (int n = random.Next(2, MostSlots); n > 0; n--) Slot();
        Add(0x95, 0, 0);
        foreach (int pc in _open) Lead(pc, random.Next(_slots.Count));
        foreach (int pc in _calls) Lead(pc, _heads[random.Next(_heads.Count)]);
        return [.. _slots];
    }

    private void Slot()
    {
        switch (random.Next(12))
        {
            case 0: Call(); break;
            case 1: Head(); break;
            case 2 or 3: Open(random.Next(2) == 0 ? 0x55 : 0x15, Any(), 0, random.Next(3)); break; // r != n, r == n
            case 4: Open(0xe5, 0, 0); break; // may_goto
            case 5 when _open.Count > 0: End(0x95); break; // exit
            case 6 when _open.Count > 0: End(0x05); break; // goto
            case 7: Add(0x7b, 10, Any(), -8 * random.Next(1, 5)); break;
            case 8: Add(0x79, Any(), 10, -8 * random.Next(1, 5)); break;
            case 9: Add(0xb7, Any(), 0, 0, random.Next(3)); break;
            case 10: Add(0x07, Any(), 0, 0, random.Next(-1, 3)); break;
            default: Add(s_operations[random.Next(s_operations.Length)], Any(), Any()); break;
        }
    }

    private void Call()
    {
        _calls.Add(_slots.Count);
        Add(0x85, 0, 1);
        for (int r = 1; r <= 5; r++) Add(0xb7, r, 0, 0, random.Next(3));
    }

    private void Head()
    {
        _heads.Add(_slots.Count);
        foreach (int r in (ReadOnlySpan<int>)[0, 6, 7, 8, 9]) Add(0xb7, r, 0, 0, random.Next(3));
    }

    private int Any() => random.Next(10);

    private void Open(int opcode, int dst, int src, int immediate = 0)
    {
        _open.Add(_slots.Count);
        Add(opcode, dst, src, 0, immediate);
    }

    /// <summary>What comes behind an exit or a jump is reached from somewhere before.</summary>
    private void End(int opcode)
    {
        int from = _open[random.Next(_open.Count)];
        _open.Remove(from);
        if (opcode == 0x05) Open(opcode, 0, 0);
        else Add(opcode, 0, 0);
        Lead(from, _slots.Count);
    }

    private void Lead(int pc, int target)
    {
        int distance = target - pc - 1;
        Instruction slot = _slots[pc];
        _slots[pc] = slot.Opcode == 0x85 ? slot with { Immediate = distance } : slot with { Offset = (short)distance };
    }

    private void Add(int opcode, int dst, int src, int offset = 0, int immediate = 0) =>
        _slots.Add(new Instruction((byte)opcode, (Register)dst, (Register)src, (short)offset, immediate));
}
