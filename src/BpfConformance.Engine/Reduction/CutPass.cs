using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves programs early: behind an instruction with its result, or somewhere with nothing.</summary>
public sealed class CutPass : IrPass
{
    /// <summary>In longer programs it is not tried behind each instruction.</summary>
    private const int MostResults = 256;

    public override string Name => "cuts";

    // Where what is behind can be reached another way nothing is left out.
    protected override IEnumerable<IrProgram> Candidates(IrProgram program) =>
        Cuts(program).Select(cut => cut.WithoutUnreached()).Where(cut => cut.Code.Length < program.Code.Length);

    private static IEnumerable<IrProgram> Cuts(IrProgram program)
    {
        int count = program.Code.Length;
        for (int index = 0; index + 2 < count && count <= MostResults; index++)
        {
            if (program.Code[index].Result() is { } result) yield return program.Inserted(index + 1, result == Register.R0 ? [IrCode.Exit] : [IrCode.Move(Register.R0, result), IrCode.Exit]);
        }

        for (int left = count / 2; left > 0; left /= 2)
        {
            yield return program.Inserted(count - left, [IrCode.Exit]);
            yield return program.Inserted(count - left, [IrCode.Move(Register.R0, 0), IrCode.Exit]);
        }
    }
}
