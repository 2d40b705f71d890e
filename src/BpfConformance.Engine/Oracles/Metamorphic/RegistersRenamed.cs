using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Ir;

namespace BpfConformance.Engine.Oracles.Metamorphic;

/// <summary>
/// Lets registers change their names. r6 to r9 are alike in every function, but that legacy loads take the packet from r6; r3 to r5 are where nothing is called, and
/// r1 and r2 can be what a program is given.
/// </summary>
public sealed class RegistersRenamed : IRewrite
{
    public string Name => "renaming";

    public Facets Same => Rewrites.SameResults;

    public IrProgram? Mutate(IrProgram program, ref Entropy entropy)
    {
        bool calls = false;
        bool takesPacket = false;
        int named = 0;
        foreach (IrInstruction instruction in program.Code)
        {
            if (instruction.Row is not { } row) return null;
            bool isLegacy = row.Operation is Operation.LegacyAbsolute or Operation.LegacyIndirect;
            takesPacket |= isLegacy;
            calls |= isLegacy || row.Operation is Operation.CallHelper or Operation.CallLocal or Operation.CallKernel or Operation.CallRegister;
            named |= instruction.Named();
        }

        byte[] names = RegisterUse.SameNames();
        Shuffle(names.AsSpan()[(takesPacket ? 7 : 6)..10], ref entropy);
        if (!calls) Shuffle(names.AsSpan()[3..6], ref entropy);
        for (int register = 0; register < names.Length; register++)
        {
            if (names[register] != register && (named >> register & 1) != 0) return program with { Code = [.. program.Code.Select(instruction => instruction.Renamed(names))] };
        }

        return null;
    }

    private static void Shuffle(Span<byte> names, ref Entropy entropy)
    {
        for (int last = names.Length - 1; last > 0; last--)
        {
            int other = entropy.Below(last + 1);
            (names[last], names[other]) = (names[other], names[last]);
        }
    }
}
