using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>Makes plain what loads say beside the program: type, attach type, license and flags.</summary>
public sealed class LoadPass : IReductionPass
{
    public string Name => "load";

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        BpfProgram program = current.Program;
        if (program.Flags != ProgramFlags.None) yield return current with { Program = program with { Flags = ProgramFlags.None } };
        foreach (ProgramFlags flag in Enum.GetValues<ProgramFlags>())
        {
            if (flag != ProgramFlags.None && program.Flags != flag && program.Flags.HasFlag(flag)) yield return current with { Program = program with { Flags = program.Flags & ~flag } };
        }

        if (program.License != Licenses.Gpl) yield return current with { Program = program with { License = Licenses.Gpl } };
        if (program.AttachType != default) yield return current with { Program = program with { AttachType = default } };
        if (program.Type == ProgramType.Unspecified || !program.Others.IsEmpty || current.HasNetwork) yield break;
        foreach (ProgramType type in (ProgramType[])[ProgramType.Unspecified, ProgramType.SocketFilter])
        {
            if (program.Type != type) yield return Without(current) with { Program = program with { Type = type, AttachType = default } };
        }
    }

    /// <summary>What was given of a context belongs to its type.</summary>
    private static TestCase Without(TestCase test) => test with { Inputs = [.. test.Inputs.Select(input => input with { Context = default })] };
}
