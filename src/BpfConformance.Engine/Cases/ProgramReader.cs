using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads the program of a case, and knows the line of each slot.</summary>
internal static class ProgramReader
{
    public static AssembledProgram ReadAssembly(Section section, ImmutableArray<MapDefinition> maps)
    {
        AssembledProgram program = Assembler.Assemble(
            section.Text, section.File, section.FirstLine, [.. maps.Select(map => map.Name)]);
        return program.Instructions.Length <= BpfProgram.MaxInstructions
            ? program
            : throw section.Error($"{program.Instructions.Length} instructions, expected at most {BpfProgram.MaxInstructions}");
    }

    /// <param name="section"><c>type</c>; <c>null</c>: a program without a hook.</param>
    public static ProgramType ReadType(Section? section) =>
        section?.Word(Vocabulary.ProgramTypes) ?? ProgramType.Unspecified;

    /// <summary>Bytes in the order of memory, of a little-endian stream.</summary>
    public static AssembledProgram ReadBytes(Section section) =>
        ReadBytes(section.HoldsNoBytes ? [] : section.Lines, section.File, section.FirstLine);

    /// <summary>Bytes in the order of memory, of a little-endian stream; a slot may stretch over lines.</summary>
    public static AssembledProgram ReadBytes(IReadOnlyList<string> lines, string file, int firstLine)
    {
        var bytes = new List<byte>();
        ImmutableArray<int>.Builder lineOfSlot = ImmutableArray.CreateBuilder<int>();
        for (int i = 0; i < lines.Count; i++)
        {
            bytes.AddRange(HexText.Parse(lines[i], file, firstLine + i));
            while (lineOfSlot.Count * Instruction.SizeBytes < bytes.Count) lineOfSlot.Add(firstLine + i);
        }

        if (bytes.Count % Instruction.SizeBytes != 0)
        {
            throw new BpfFormatException(
                file, lineOfSlot[^1], 0, $"the bytecode ends after {bytes.Count} bytes, expected a multiple of {Instruction.SizeBytes}");
        }

        return new AssembledProgram(BpfProgram.FromBytes([.. bytes], source: file).Instructions, lineOfSlot.ToImmutable());
    }
}
