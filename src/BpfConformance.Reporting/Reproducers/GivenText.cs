using System.Text;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>What programs are given beside their instructions, in the sections of a vector.</summary>
internal static class GivenText
{
    /// <summary>How a program is loaded; empty: as all are that say nothing of it.</summary>
    public static string Load(BpfProgram program)
    {
        var text = new StringBuilder();
        if (program.Type != ProgramType.Unspecified) text.Append($"-- type\n{Vocabulary.ProgramTypes[program.Type]}\n");
        if (program.AttachType != default) text.Append($"-- attach\n{Vocabulary.AttachTypes[program.AttachType]}\n");
        if (program.License != Licenses.Gpl) text.Append($"-- license\n{program.License}\n");
        if (program.Flags == ProgramFlags.None) return text.ToString();
        IEnumerable<ProgramFlags> flags = Enum.GetValues<ProgramFlags>().Where(flag => flag != ProgramFlags.None && program.Flags.HasFlag(flag));
        return text.Append($"-- flags\n{string.Join(' ', flags.Select(flag => Vocabulary.ProgramFlags[flag]))}\n").ToString();
    }

    /// <summary>The same and the maps.</summary>
    public static string LoadAndMaps(TestCase test) => Load(test.Program) + (test.Maps.IsEmpty ? string.Empty : $"-- maps\n{MapsText.Of(test)}");

    /// <summary>All of it; a case with several runs has a section for each, and so this is for people.</summary>
    public static string All(TestCase test)
    {
        var text = new StringBuilder(LoadAndMaps(test));
        if (test.IsSequence) text.Append("-- steps\n");
        for (int index = 0; index < test.Inputs.Length; index++)
        {
            CaseInput input = test.Inputs[index];
            string name = InputText.Of(test, index);
            if (!input.Context.IsEmpty) text.Append($"-- context of {name}\n{BytesText.Of(input.Context.Span)}\n");
            if (test.IsSequence) text.Append($"{(input.Step is null ? $"run {test.Program[input.Program].Name} {MapEntryText.Bytes(input.Data.Span)}" : input.Text)}\n");
            else if (!input.Data.IsEmpty) text.Append($"-- {test.DataNoun} of {name}\n{BytesText.Of(input.Data.Span)}\n");
        }

        return text.ToString();
    }
}
