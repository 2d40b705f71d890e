using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Tests;

/// <summary>Several programs of one type in a row; those behind the first are p1, p2 …</summary>
internal static class ProgramRow
{
    public static BpfProgram Of(ProgramType type, IEnumerable<IEnumerable<Instruction>> programs) =>
        BpfProgram.InARow([.. programs.Select((slots, index) => ($"p{index}", new BpfProgram([.. slots], type)))]);
}
