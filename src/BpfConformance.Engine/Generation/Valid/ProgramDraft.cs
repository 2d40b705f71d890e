using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>A program while it is written: its slots, what is known at the place where it goes on, and the choices that every step has to make.</summary>
internal sealed class ProgramDraft
{
    private const int NoRegister = -1;

    // Around what signs, widths and fields of instructions can hold.
    private static readonly int[] s_immediates =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, int.MaxValue - 1,
        -1, -2, -7, -8, -127, -128, -129, -256, -32768, -32769, -65536, int.MinValue, int.MinValue + 1, 0x55555555, 0x12345678, 0xff00, 0xff0000, 0x7f,
    ];

    // What an operation does otherwise, if anything, it does with one of these.
    private static readonly int[] s_extremes = [0, 1, -1, int.MaxValue, int.MinValue];

    private Instruction[] _slots = new Instruction[256];

    /// <summary>Where decisions come from; a field, as it changes.</summary>
    public Entropy Entropy;

    public RowFamilies Rows { get; private set; } = null!; // Begin sets it

    public GeneratorLimits Limits { get; private set; } = null!; // Begin sets it

    /// <summary>At the place where the program goes on.</summary>
    public AbstractState State { get; } = new();

    public OpenBlocks Blocks { get; }

    public DraftFunctions Functions { get; } = new();

    public GeneratedShape Shape { get; } = new();

    /// <summary>Slots so far.</summary>
    public int Count { get; private set; }

    /// <summary>What the program is written for.</summary>
    public HookProfile Hook { get; private set; } = null!; // Begin sets it

    public DraftMaps Maps { get; } = new();

    /// <summary>A register that keeps the context in this frame; negative: it has none.</summary>
    public int ContextRegister { get; private set; }

    /// <summary>Whether there is a program that this one leads to.</summary>
    public bool HasTailCall { get; set; }

    /// <summary>Whether this program is one that others lead to.</summary>
    public bool IsLast { get; set; }

    /// <summary>Whether the last slot of the program is left away.</summary>
    public bool IsCutShort { get; set; }

    /// <summary>A register that keeps an address of memory in this frame; negative: it has none.</summary>
    public int Base { get; private set; }

    /// <summary>Whether this frame calls nothing.</summary>
    public bool IsLeaf { get; private set; }

    public ProgramDraft() => Blocks = new OpenBlocks(this);

    public ReadOnlySpan<Instruction> Slots => _slots.AsSpan(0, Count);

    public void Begin(in Entropy entropy, GeneratorLimits limits, RowFamilies rows, HookProfile hook)
    {
        (Entropy, Limits, Rows, Hook, Count, HasTailCall, IsLast, IsCutShort) = (entropy, limits, rows, hook, 0, false, false, false);
        Maps.Clear(limits.Common.HasUserSpace && rows.MapValues.Length > 0, hook.Type == ProgramType.Syscall);
        Shape.Clear();
        Functions.Clear();
    }

    /// <summary>A frame begins, with what is in r1–r5 to be set by the caller.</summary>
    public void BeginFrame(int words, int gap, bool isLeaf)
    {
        State.Begin(words, gap);
        Blocks.Clear();
        (Base, ContextRegister) = (NoRegister, NoRegister);
        IsLeaf = isLeaf;
    }

    /// <summary>The address in a register is kept for the frame, where calls leave it alone.</summary>
    public void KeepBase(int register)
    {
        Base = register;
        if (Rows.MovePointer is not null && (!IsLeaf || Entropy.Below(2) == 0))
        {
            Base = IsLeaf ? Entropy.Below(10) : Entropy.Between((int)Register.R6, (int)Register.R9);
            if (State[Base].Kind == ValueKind.Uninitialized) CopyPointer(Base, register);
            else Base = register;
        }

        State.Pin(Base);
    }

    /// <summary>The context is kept for the frame; legacy loads look for it in r6.</summary>
    public void KeepContext(int register)
    {
        ContextRegister = Hook.HasLegacyLoads || Entropy.Below(2) == 0 ? (int)Register.R6 : Entropy.Between((int)Register.R7, (int)Register.R9);
        CopyPointer(ContextRegister, register);
        State.Pin(ContextRegister);
    }

    /// <summary>An element of an array is what the frame has for memory.</summary>
    public void KeepMapValue(int map)
    {
        Base = Entropy.BitOf(State.FreeForPointers & AbstractState.KeptOverCalls);
        MapSteps.LoadDirect(this, Base, map);
        State.Pin(Base);
    }

    /// <summary>Adds an instruction; what it leaves in registers is the caller's to say.</summary>
    /// <param name="row">Its form.</param>
    /// <param name="dst">0 where there is none.</param>
    /// <param name="src">0 where there is none; where the form fixes it, that counts.</param>
    /// <param name="offset">Where the form fixes it, that counts.</param>
    /// <param name="immediate">Where the form fixes it, that counts.</param>
    /// <param name="kind">What it works on.</param>
    /// <returns>Its slot.</returns>
    public int Emit(InstructionDef row, int dst, int src = 0, int offset = 0, int immediate = 0, ValueKind kind = ValueKind.Scalar)
    {
        if (row.Src.Kind == FieldRuleKind.Exactly) src = row.Src.Value;
        if (row.Offset.Kind == FieldRuleKind.Exactly) offset = row.Offset.Value;
        if (row.Immediate.Kind == FieldRuleKind.Exactly) immediate = row.Immediate.Value;
        Shape.Note(row, kind);
        return Add(new Instruction(row.Opcode, (byte)(dst | (src << 4)), (short)offset, immediate));
    }

    /// <summary>Adds a slot of any bits.</summary>
    public void EmitRaw(in Instruction slot) => Add(slot);

    /// <summary>Adds the second slot of a wide instruction.</summary>
    public void EmitSecond(int nextImmediate) => Add(new Instruction(0, 0, 0, nextImmediate));

    /// <summary>Calls a helper; what it leaves is the caller's to say.</summary>
    public void EmitHelper(int number, ValueKind kind)
    {
        Emit(Rows.CallHelper, 0, immediate: number, kind: kind);
        Shape.NoteHelper(number);
    }

    /// <summary>Adds a jump that leads nowhere yet.</summary>
    public int EmitJump() => Emit(Entropy.Of<InstructionDef>(Rows.Jumps), 0);

    /// <summary>Makes a slot lead to the next one that is written.</summary>
    public void LeadHere(int slot) => Lead(slot, Count);

    public void Lead(int slot, int target)
    {
        ref Instruction jump = ref _slots[slot];
        int distance = target - slot - 1;
        jump = jump.Opcode is Opcodes.Ja32 or Opcodes.Call or Opcodes.LoadImm64 ? jump with { Immediate = distance } : jump with { Offset = (short)distance };
    }

    /// <summary>A step begins: there is a number that may be changed.</summary>
    public void BeginStep()
    {
        Entropy.BeginStep();
        Blocks.BeginStep();
        EnsureNumber();
    }

    /// <summary>Writes a number where there is none that may be changed.</summary>
    public void EnsureNumber()
    {
        if ((State.Scalars & State.Writable) == 0) SetConstant(Target(), Immediate());
    }

    /// <summary>A register that holds a number.</summary>
    public int AnyScalar() => Entropy.BitOf(State.Scalars);

    /// <summary>A register that holds a number and may be changed.</summary>
    public int ChangeableScalar() => Entropy.BitOf(State.Scalars & State.Writable);

    /// <summary>A register that may be written.</summary>
    public int Target() => Entropy.BitOf(State.Writable);

    public int Immediate() => Entropy.Below(8) switch
    {
        0 or 1 => Entropy.Below(256),
        2 or 3 => (int)Entropy.Next(),
        4 => Entropy.Of<int>(s_extremes),
        _ => Entropy.Of<int>(s_immediates),
    };

    public void SetConstant(int register, int value)
    {
        Emit(Rows.MoveImmediate, register, immediate: value);
        State.SetScalar(register, ScalarRange.Constant(Rows.MoveImmediate.Width == OperandWidth.W64 ? (ulong)value : (uint)value));
    }

    public void CopyPointer(int dst, int src)
    {
        Emit(Rows.MovePointer!, dst, src, kind: State[src].Kind); // callers ask whether there is one
        State.Set(dst, State[src]);
    }

    /// <summary>Loads a number that nothing is known of, from where the program's input is.</summary>
    public void LoadFresh(int dst)
    {
        int size = (int)Rows.WordLoad.Size;
        AbstractValue from = State[Base];
        Emit(Rows.WordLoad, dst, Base, Place.PositionIn(this, from, size, mustAlign: false) - from.Offset, kind: from.Kind);
        State.SetScalar(dst, size == sizeof(ulong) ? ScalarRange.Unknown : ScalarRange.Between(0, uint.MaxValue), isFresh: true);
    }

    /// <summary>Ends the program or function: it returns a number.</summary>
    public void Return()
    {
        const int Result = (int)Register.R0;
        long most = Functions.IsCallback ? 1 : Functions.Current >= 0 ? long.MaxValue : Hook.Returns.Maximum;
        if (most != long.MaxValue)
        {
            Emit(Rows.MoveImmediate, Result, immediate: Entropy.Below((int)most + 1));
        }
        else if (State[Result].Kind != ValueKind.Scalar)
        {
            uint others = State.Scalars;
            if (others == 0 || Rows.MovePointer is null) Emit(Rows.MoveImmediate, Result, immediate: Entropy.Below(4));
            else Emit(Rows.MovePointer, Result, Entropy.BitOf(others));
        }

        Emit(Rows.Exit, 0);
    }

    private int Add(in Instruction instruction)
    {
        if (Count == _slots.Length) Array.Resize(ref _slots, 2 * Count);
        _slots[Count] = instruction;
        return Count++;
    }
}
