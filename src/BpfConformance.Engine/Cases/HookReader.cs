using BpfConformance.Abi;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads what the loads of programs say beside their slots: <c>type</c> and <c>attach</c> of each, and of all <c>license</c> and <c>flags</c>.</summary>
/// <param name="sections">All of the file.</param>
internal sealed class HookReader(IReadOnlyDictionary<string, Section> sections)
{
    public const string Type = "type";
    public const string Attach = "attach";
    public const string License = "license";
    public const string Flags = "flags";

    /// <summary>The main program, yet without slots.</summary>
    public BpfProgram ReadMain() => Read(Find(Type), Find(Attach), new BpfProgram([])) with { License = ReadLicense(), Flags = ReadFlags() };

    /// <summary>Another program, yet without slots: what nothing is said of is as with the main one.</summary>
    /// <param name="name">Its own.</param>
    /// <param name="main">The main one.</param>
    public BpfProgram ReadOther(string name, BpfProgram main)
    {
        // What one type is attached to says nothing of another.
        Section? type = Find($"{Type} {name}");
        BpfProgram other = Read(type, Find($"{Attach} {name}"), type is null ? main : main with { AttachType = default });
        return (other.Type == ProgramType.Unspecified) == (main.Type == ProgramType.Unspecified)
            ? other
            : throw type!.Error("a program with a type beside one without, expected one for all programs or for none: they are given the same data"); // else the types are one
    }

    private static BpfProgram Read(Section? type, Section? attach, BpfProgram unsaid)
    {
        if (type is null && attach is null) return unsaid;
        BpfProgram said = unsaid with
        {
            Type = type is null ? unsaid.Type : ProgramReader.ReadType(type),
            AttachType = attach?.Word(Vocabulary.AttachTypes) ?? unsaid.AttachType,
        };
        if (attach is not null && said.Type == ProgramType.Unspecified) throw attach.Error($"'-- {attach.Name}' has no place without '-- {Type}'");
        bool isNone = attach is not null && said.AttachType != ProgramTypeTable.Named(said.Type, said.AttachType); // but 0, which stands for another where nothing is said
        return (said.HookOf(0) is not null && !isNone) || said.Type == ProgramType.Ext ? said : throw NoHook(attach!, said); // every other type has a hook of which nothing is said
    }

    private static BpfFormatException NoHook(Section attach, BpfProgram said)
    {
        string word = Vocabulary.ProgramTypes[said.Type];
        string accepted = string.Join(", ", ProgramTypeTable.Rows.Where(row => row.Type == said.Type)
            .SelectMany(row => row.AttachTypes).Distinct().Order().Select(each => Vocabulary.AttachTypes[each]));
        return attach.Error(
            attach.Entries.First().Line, $"programs of type {word} are not attached to {Vocabulary.AttachTypes[said.AttachType]}, expected one of: {accepted}");
    }

    private string ReadLicense()
    {
        if (Find(License) is not { } section) return Licenses.Gpl;
        const string Expected = "the license as one line of printable ASCII";
        Entry entry = section.Single(Expected);
        bool isRight = entry.Text.Length <= Licenses.MaxLength && entry.Text.All(c => c is >= ' ' and <= '~');
        return isRight ? entry.Text : throw section.Error(entry.Line, $"found {Section.Quote(entry.Text)}, expected {Expected}, at most {Licenses.MaxLength} characters");
    }

    private ProgramFlags ReadFlags()
    {
        if (Find(Flags) is not { } section) return ProgramFlags.None;
        var flags = ProgramFlags.None;
        foreach (Entry entry in section.Entries)
        {
            foreach (string word in FileLines.Words(entry.Text))
            {
                if (!Vocabulary.ProgramFlags.TryParse(word, out ProgramFlags flag)) throw section.Error(entry.Line, $"unknown flag {Section.Quote(word)}, expected some of: {Vocabulary.ProgramFlags}");
                if (flags.HasFlag(flag)) throw section.Error(entry.Line, $"'{word}' is there twice");
                flags |= flag;
            }
        }

        return flags != ProgramFlags.None ? flags : throw section.Error($"'-- {Flags}' is empty, expected some of: {Vocabulary.ProgramFlags}");
    }

    private Section? Find(string name) => sections.GetValueOrDefault(name);
}
