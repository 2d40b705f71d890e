using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads the programs of a <c>.vector</c>: <c>asm</c> or <c>raw</c>, and the same with a name behind it for each other program.</summary>
internal sealed class ProgramSetReader
{
    public const string Assembly = "asm";
    public const string Bytes = "raw";

    private readonly string _file;
    private readonly Dictionary<string, Section> _sections;

    /// <summary>The sections that hold a program, the main one first, the others as they stand in the file.</summary>
    private readonly Section[] _programs;

    /// <param name="file">For messages.</param>
    /// <param name="sections">All of the file.</param>
    public ProgramSetReader(string file, Dictionary<string, Section> sections)
    {
        (_file, _sections) = (file, sections);
        _programs = [.. sections.Values.Where(section => section.Kind is Assembly or Bytes)
            .OrderBy(section => section.Program is null ? 0 : 1).ThenBy(section => section.Line)];
        Names = [.. _programs.Select(section => section.Program ?? BpfProgram.MainName)];
        Check();
    }

    /// <summary>The sections that can stand once more for each program.</summary>
    public static ImmutableArray<string> PerProgram { get; } = [Assembly, Bytes, HookReader.Type, HookReader.Attach];

    /// <summary>The names of the programs, by index.</summary>
    public ImmutableArray<string> Names { get; }

    /// <param name="maps">Those of the file, which programs name.</param>
    public (BpfProgram Program, ImmutableArray<int> Lines) Read(ImmutableArray<MapDefinition> maps)
    {
        var programs = new (string Name, BpfProgram Program)[_programs.Length];
        var lines = ImmutableArray.CreateBuilder<int>();
        var loads = new HookReader(_sections);
        BpfProgram main = loads.ReadMain();
        for (int index = 0; index < programs.Length; index++)
        {
            Section section = _programs[index];
            AssembledProgram program = section.Kind == Assembly ? ProgramReader.ReadAssembly(section, maps) : ProgramReader.ReadBytes(section);
            BpfProgram load = section.Program is { } name ? loads.ReadOther(name, main) : main;
            programs[index] = (Names[index], load with { Instructions = program.Instructions });
            lines.AddRange(program.Lines);
            if (lines.Count > BpfProgram.MaxInstructions)
            {
                throw section.Error($"{lines.Count} instructions up to here, expected at most {BpfProgram.MaxInstructions}");
            }
        }

        return (BpfProgram.InARow(programs), lines.DrainToImmutable());
    }

    private void Check()
    {
        if (_programs.Length == 0 || _programs[0].Program is not null) throw new BpfFormatException(_file, 0, 0, "no program, expected '-- asm' or '-- raw'");
        if (_programs.Length > BpfProgram.MaxPrograms) throw _programs[BpfProgram.MaxPrograms].Error($"a program too many, expected at most {BpfProgram.MaxPrograms} in a file");
        for (int index = 1; index < _programs.Length; index++)
        {
            if (Names.IndexOf(Names[index]) == index) continue;
            throw _programs[index].Error(_programs[index].Program is null
                ? "a second program, expected either '-- asm' or '-- raw'"
                : $"second program named '{Names[index]}'");
        }

        foreach (Section section in _sections.Values)
        {
            if (section.Program is { } name && !Names.Contains(name)) throw section.Error($"there is no program {Section.Quote(name)}");
        }
    }
}
