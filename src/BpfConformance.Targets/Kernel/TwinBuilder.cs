using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel;

/// <summary>How much a twin shows.</summary>
public enum TwinShape
{
    /// <summary>r0 and r6–r9.</summary>
    AllRegisters,

    /// <summary>
    /// r0 alone. Registers that are shown are live to the end, which keeps a verifier from seeing that two states are
    /// alike: an insertion sort that is verified in time becomes too complex.
    /// </summary>
    ResultOnly,
}

/// <summary>Where a twin leaves its results.</summary>
/// <param name="MapIndex">In which map.</param>
/// <param name="Offset">Bytes from the start of its value.</param>
public readonly record struct ResultsPlace(int MapIndex, int Offset = 0);

/// <summary>A program that does what another does and then shows its registers; it only runs, and never decides a verdict.</summary>
/// <param name="Instructions">Prologue, zeroing of r6–r9, main, epilogue, local functions.</param>
/// <param name="PrologueSlots">Slots that only the kernel's copy has: they hand over what other machines give in r1 and r2.</param>
/// <param name="MainSlots">Slots of the original before its first local function.</param>
/// <param name="Shape">How much it shows.</param>
public sealed record Twin(
    ImmutableArray<Instruction> Instructions, int PrologueSlots, int MainSlots, TwinShape Shape = TwinShape.AllRegisters)
{
    /// <summary>The copy for a machine that sets r1 and r2 itself: all but the prologue.</summary>
    public ImmutableArray<Instruction> WithoutPrologue => Instructions.RemoveRange(0, PrologueSlots);

    /// <summary>The original's slot behind one of <see cref="WithoutPrologue"/>; <c>null</c> for the twin's own.</summary>
    public int? OriginalPc(int pc)
    {
        int original = pc - TwinBuilder.ZeroingSlots(Shape);
        if (original < 0) return null;
        if (original < MainSlots) return original;
        original -= TwinBuilder.EpilogueSlots(Shape);
        return original < MainSlots ? null : original;
    }
}

/// <summary>
/// Makes twins. r6–r9 are zeroed first, as a store of a register that was never written is rejected. main's exits become
/// jumps to an epilogue that stands before the first local function, because a jump past one is "jump out of range".
/// Everything else stays in its order, so only what crosses the epilogue has to be moved: calls and code addresses.
/// </summary>
public static class TwinBuilder
{
    /// <summary>Slots before the body, after the prologue: one for each register shown but r0, which every program writes.</summary>
    public static int ZeroingSlots(TwinShape shape) => Shown(shape).Length - 1;

    /// <summary>The address of the results, a store for each register, the marker, exit.</summary>
    public static int EpilogueSlots(TwinShape shape) => 2 + Shown(shape).Length + 2;

    /// <summary>Builds the twin of a program that a verifier accepted.</summary>
    /// <param name="program">The original; it is not changed.</param>
    /// <param name="prologue">What the kernel's copy starts with.</param>
    /// <param name="results">Where its <see cref="ResultsLayout"/> is.</param>
    /// <param name="shape">How much it is to show.</param>
    /// <param name="hasLongJump">Whether JA with a 32-bit distance may be used (v4).</param>
    /// <param name="problem">Why there is no twin; empty when there is one.</param>
    /// <returns><c>null</c> when an exit is too far from the epilogue for the jumps that the machine has.</returns>
    public static Twin? Build(
        ReadOnlySpan<Instruction> program,
        ReadOnlySpan<Instruction> prologue,
        ResultsPlace results,
        TwinShape shape,
        bool hasLongJump,
        out string problem)
    {
        int mainSlots = MainLength(program);
        int epilogueSlots = EpilogueSlots(shape);
        ImmutableArray<Instruction>.Builder twin = ImmutableArray.CreateBuilder<Instruction>(
            prologue.Length + ZeroingSlots(shape) + program.Length + epilogueSlots);
        twin.AddRange(prologue);
        foreach (Register kept in Shown(shape)[1..]) twin.Add(Code.MoveImmediate(kept, 0));

        for (int pc = 0; pc < mainSlots; pc++)
        {
            if (program[pc].Opcode != Opcodes.Exit)
            {
                twin.Add(Moved(program[pc], pc, mainSlots, epilogueSlots));
            }
            else if (JumpTo(mainSlots - pc - 1, hasLongJump) is { } jump)
            {
                twin.Add(jump);
            }
            else
            {
                problem = $"the exit at pc {pc} is {mainSlots - pc - 1} slots from the epilogue, and there is no ja32";
                return null;
            }

            if (program[pc].IsWide && ++pc < mainSlots) twin.Add(program[pc]);
        }

        AddEpilogue(twin, results, shape);
        for (int pc = mainSlots; pc < program.Length; pc++)
        {
            twin.Add(Moved(program[pc], pc, mainSlots, epilogueSlots));
            if (program[pc].IsWide && ++pc < program.Length) twin.Add(program[pc]);
        }

        problem = string.Empty;
        return new Twin(twin.ToImmutable(), prologue.Length, mainSlots, shape);
    }

    /// <summary>The registers that a twin shows, r0 first, in the order of <see cref="ResultsLayout"/>.</summary>
    internal static ReadOnlySpan<Register> Shown(TwinShape shape) => shape switch
    {
        TwinShape.AllRegisters => ResultsLayout.Registers,
        TwinShape.ResultOnly => ResultsLayout.Registers[..1],
    };

    /// <summary>Slots before the first local function: the lowest pc after 0 that a call or a code address names.</summary>
    internal static int MainLength(ReadOnlySpan<Instruction> program)
    {
        int length = program.Length;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (!JumpTargets.NamesFunction(program[pc])) continue;
            int target = JumpTargets.Of(program[pc], pc);
            if (target > 0 && target < length) length = target;
        }

        return length;
    }

    /// <summary>The instruction with its function immediate changed by the epilogue, if that lies between.</summary>
    private static Instruction Moved(in Instruction instruction, int pc, int mainSlots, int epilogueSlots)
    {
        if (!JumpTargets.NamesFunction(instruction)) return instruction;
        bool fromMain = pc < mainSlots;
        bool toMain = JumpTargets.Of(instruction, pc) < mainSlots;
        int distance = (fromMain, toMain) switch
        {
            (true, false) => epilogueSlots,
            (false, true) => -epilogueSlots,
            (true, true) or (false, false) => 0,
        };
        return instruction with { Immediate = instruction.Immediate + distance };
    }

    private static Instruction? JumpTo(int distance, bool hasLongJump) =>
        distance <= short.MaxValue ? Code.Jump((short)distance) : hasLongJump ? Code.LongJump(distance) : null;

    private static void AddEpilogue(ImmutableArray<Instruction>.Builder twin, ResultsPlace results, TwinShape shape)
    {
        twin.AddRange(Code.MapValue(Register.R1, results.MapIndex, results.Offset));
        ReadOnlySpan<Register> registers = Shown(shape);
        for (int i = 0; i < registers.Length; i++)
        {
            twin.Add(Code.Store(Register.R1, (short)(i * sizeof(ulong)), registers[i]));
        }

        twin.Add(Code.StoreImmediate(Register.R1, ResultsLayout.MarkerIndex * sizeof(ulong), ResultsLayout.Marker));
        twin.Add(Code.Exit);
    }
}
