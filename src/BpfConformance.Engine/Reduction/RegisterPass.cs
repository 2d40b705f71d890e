using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Reduction;

/// <summary>Gives registers lower numbers that no instruction names yet.</summary>
public sealed class RegisterPass : IrPass
{
    public override string Name => "registers";

    protected override IEnumerable<IrProgram> Candidates(IrProgram program)
    {
        int named = program.Code.Aggregate(0, (registers, instruction) => registers | instruction.Named());
        for (int high = (int)Register.R9; high > 0; high--)
        {
            for (int low = 0; low < high && IsNamed(high); low++)
            {
                if (IsNamed(low)) continue;
                byte[] names = RegisterUse.SameNames();
                names[high] = (byte)low;
                yield return program with { Code = [.. program.Code.Select(instruction => instruction.Renamed(names))] };
            }
        }

        bool IsNamed(int register) => (named >> register & 1) != 0;
    }
}
