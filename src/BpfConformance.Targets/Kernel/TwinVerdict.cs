using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Where a kernel that accepts the twin of a program accepts the program, so that one load is enough. A twin has all of the program's instructions on all of its paths, and more
/// behind them. What it may repair is looked for here: an end that is none, a way from main into a function, where its epilogue stands, and r6–r9, which it has zeroed. That it is
/// refused says nothing; nor that it is accepted after much work, as it is not pruned at the same places.
/// </summary>
internal static class TwinVerdict
{
    /// <summary>Whether what the twins took is known, and far from all limits, so that the programs as given take as little.</summary>
    public static bool IsFarFromLimits(LoadCost cost) => cost.VerifiedInstructions is not null && CostOracle.IsLittle(cost);

    /// <summary>Of all programs of a build; who states a verdict gets that of the program as given.</summary>
    public static bool IsThatOfGiven(KernelBuild build) =>
        build.Request is { IsVerdictOpen: true, FirstInput: not null, HasNetwork: false } && !build.HasProgArrays && build.Parts.All(IsThatOfGiven);

    public static bool IsThatOfGiven(KernelPart part) =>
        !part.IsAttached
        && ProgramValidator.Validate(part.Instructions.AsSpan()) is null
        && HasItsOwnMain(part.Instructions.AsSpan())
        && IrProgram.TryDecode(new BpfProgram(part.Instructions)) is { } program
        && (program.LiveBefore()[0] & RegisterUse.Kept) == 0;

    /// <summary>Whether main and its functions lead into each other by calls alone.</summary>
    private static bool HasItsOwnMain(ReadOnlySpan<Instruction> program)
    {
        int mainSlots = TwinBuilder.MainLength(program);
        if (mainSlots == program.Length) return true;
        bool ends = false;
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (pc == mainSlots && !ends) return false;
            ends = JumpTargets.EndsBlock(program[pc]);
            if (JumpTargets.IsJump(program[pc]) && JumpTargets.Of(program[pc], pc) < mainSlots != pc < mainSlots) return false;
        }

        return true;
    }
}
