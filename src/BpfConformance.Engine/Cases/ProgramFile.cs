using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads any file that holds a program, as a case; one without a word on what it should do has <see cref="Expectation.None"/>.</summary>
public static class ProgramFile
{
    /// <param name="file"><c>.vector</c>, <c>.data</c>, <c>.asm</c> (text), <c>.hex</c> (bytes as text) or <c>.bin</c> (bytes); or <c>FILE.grid/MEMBER</c>.</param>
    /// <param name="data">Memory for one run, instead of what the file says; its expectations then do not hold any more. <c>null</c>: what the file says.</param>
    /// <param name="warnings">Takes what the author should know.</param>
    /// <exception cref="BpfFormatException">The file cannot be read, or anything is wrong with it.</exception>
    public static TestCase Read(string file, ReadOnlyMemory<byte>? data, ICollection<CaseWarning> warnings)
    {
        TestCase test = ReadCase(file, warnings);
        return data is { } bytes
            ? test with { Inputs = [new CaseInput(0, bytes, null, null)], Expectation = Expectation.None, Signature = null }
            : test;
    }

    private static TestCase ReadCase(string file, ICollection<CaseWarning> warnings) => Path.GetExtension(file) switch
    {
        CaseFile.VectorExtension or CaseFile.DataExtension => CaseFile.Read(file, Path.GetFileName(file), warnings)[0],
        ".asm" => Unstated(file, ReadAssembly(file)),
        ".hex" => Unstated(file, ProgramReader.ReadBytes(SourceFile.ReadText(file).Split('\n'), file, firstLine: 1)),
        ".bin" => Unstated(file, ReadBinary(file)),
        CaseFile.GridExtension => throw new BpfFormatException(file, 0, 0, $"stands for many programs, expected one of them: {file}/MEMBER"),
        _ when GridMember.IsNamed(file) => GridMember.Read(file),
        _ => throw new BpfFormatException(file, 0, 0, $"{(Directory.Exists(file) ? "is a folder" : File.Exists(file) ? "holds no program" : "no such file")}, expected a .vector, .data, .asm, .hex or .bin file, or FILE.grid/MEMBER"),
    };

    private static AssembledProgram ReadAssembly(string file)
    {
        var section = new Section(file, "asm", line: 0);
        section.Add(SourceFile.ReadText(file));
        return ProgramReader.ReadAssembly(section, maps: []);
    }

    private static AssembledProgram ReadBinary(string file)
    {
        ImmutableArray<Instruction> instructions = BpfProgram.FromBytes(SourceFile.ReadBytes(file), source: file).Instructions;
        return new AssembledProgram(instructions, [.. instructions.Select(_ => 0)]);
    }

    private static TestCase Unstated(string file, AssembledProgram program)
    {
        ProgramNeeds needs = ProgramNeeds.Of(program.Instructions.AsSpan());
        return new TestCase
        {
            Name = Path.GetFileName(file),
            File = file,
            Program = new BpfProgram(program.Instructions),
            Lines = program.Lines,
            Inputs = [new CaseInput(0, ReadOnlyMemory<byte>.Empty, null, null)],
            Expectation = Expectation.None,
            Groups = needs.Groups,
            Cpu = needs.Cpu,
        };
    }
}
