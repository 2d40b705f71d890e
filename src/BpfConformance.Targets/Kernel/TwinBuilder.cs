using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel;

/// <summary>A program that does what another does and then shows its registers; it only runs, and never decides a verdict.</summary>
/// <param name="Instructions">Prologue, zeroing of r6–r9, main, epilogue, local functions.</param>
/// <param name="PrologueSlots">Slots that only the kernel's copy has: they hand over what other machines give in r1 and r2.</param>
/// <param name="MainSlots">Slots of the original before its first local function.</param>
public sealed record Twin(ImmutableArray<Instruction> Instructions, int PrologueSlots, int MainSlots)
{
    /// <summary>The copy for a machine that sets r1 and r2 itself: all but the prologue.</summary>
    public ImmutableArray<Instruction> WithoutPrologue => Instructions.RemoveRange(0, PrologueSlots);

    /// <summary>The original's slot behind one of <see cref="WithoutPrologue"/>; <c>null</c> for the twin's own.</summary>
    public int? OriginalPc(int pc)
    {
        int original = pc - TwinBuilder.ZeroingSlots;
        if (original < 0) return null;
        if (original < MainSlots) return original;
        original -= TwinBuilder.EpilogueSlots;
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
    /// <summary>Slots before the body, after the prologue: one for each of r6–r9.</summary>
    public const int ZeroingSlots = 4;

    /// <summary>The address of the results, five stores, the marker, exit.</summary>
    public const int EpilogueSlots = 9;

    /// <summary>Builds the twin of a program that a verifier accepted.</summary>
    /// <param name="program">The original; it is not changed.</param>
    /// <param name="prologue">What the kernel's copy starts with.</param>
    /// <param name="resultsMapIndex">Index of the map for <see cref="ResultsLayout"/>.</param>
    /// <param name="hasLongJump">Whether JA with a 32-bit distance may be used (v4).</param>
    /// <param name="problem">Why there is no twin; empty when there is one.</param>
    /// <returns><c>null</c> when an exit is too far from the epilogue for the jumps that the machine has.</returns>
    public static Twin? Build(
        ReadOnlySpan<Instruction> program,
        ReadOnlySpan<Instruction> prologue,
        int resultsMapIndex,
        bool hasLongJump,
        out string problem)
    {
        int mainSlots = MainLength(program);
        int shift = prologue.Length + ZeroingSlots;
        ImmutableArray<Instruction>.Builder twin =
            ImmutableArray.CreateBuilder<Instruction>(shift + program.Length + EpilogueSlots);
        twin.AddRange(prologue);
        for (Register kept = Register.R6; kept <= Register.R9; kept++) twin.Add(Code.MoveImmediate(kept, 0));

        for (int pc = 0; pc < mainSlots; pc++)
        {
            if (program[pc].Opcode != Opcodes.Exit)
            {
                twin.Add(Moved(program[pc], pc, mainSlots));
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

        AddEpilogue(twin, resultsMapIndex);
        for (int pc = mainSlots; pc < program.Length; pc++)
        {
            twin.Add(Moved(program[pc], pc, mainSlots));
            if (program[pc].IsWide && ++pc < program.Length) twin.Add(program[pc]);
        }

        problem = string.Empty;
        return new Twin(twin.ToImmutable(), prologue.Length, mainSlots);
    }

    /// <summary>Slots before the first local function: the lowest pc after 0 that a call or a code address names.</summary>
    private static int MainLength(ReadOnlySpan<Instruction> program)
    {
        int length = program.Length;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (!NamesFunction(program[pc])) continue;
            int target = JumpTargets.Of(program[pc], pc);
            if (target > 0 && target < length) length = target;
        }

        return length;
    }

    private static bool NamesFunction(in Instruction instruction) =>
        JumpTargets.IsLocalCall(instruction) || JumpTargets.IsCodeAddress(instruction);

    /// <summary>The instruction with its function immediate changed by the epilogue, if that lies between.</summary>
    private static Instruction Moved(in Instruction instruction, int pc, int mainSlots)
    {
        if (!NamesFunction(instruction)) return instruction;
        bool fromMain = pc < mainSlots;
        bool toMain = JumpTargets.Of(instruction, pc) < mainSlots;
        int distance = (fromMain, toMain) switch
        {
            (true, false) => EpilogueSlots,
            (false, true) => -EpilogueSlots,
            (true, true) or (false, false) => 0,
        };
        return instruction with { Immediate = instruction.Immediate + distance };
    }

    private static Instruction? JumpTo(int distance, bool hasLongJump) =>
        distance <= short.MaxValue ? Code.Jump((short)distance) : hasLongJump ? Code.LongJump(distance) : null;

    private static void AddEpilogue(ImmutableArray<Instruction>.Builder twin, int resultsMapIndex)
    {
        twin.AddRange(Code.MapValue(Register.R1, resultsMapIndex));
        ReadOnlySpan<Register> registers = ResultsLayout.Registers;
        for (int i = 0; i < registers.Length; i++)
        {
            twin.Add(Code.Store(Register.R1, (short)(i * sizeof(ulong)), registers[i]));
        }

        twin.Add(Code.StoreImmediate(Register.R1, ResultsLayout.MarkerIndex * sizeof(ulong), ResultsLayout.Marker));
        twin.Add(Code.Exit);
    }
}
