using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Tests.Loading.Assembly;

/// <summary>Bytes as literals of the tests write them: a little-endian slot at a time.</summary>
internal static class HexOf
{
    public static string Program(string text) => Slots(Assembler.Assemble(text).Instructions);

    public static string Slots(IEnumerable<Instruction> slots) =>
        string.Join(' ', slots.Select(slot => Convert.ToHexStringLower(new BpfProgram([slot]).ToBytes())));
}
