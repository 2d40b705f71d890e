using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>Reads steps in the file system in which maps and programs have names.</summary>
internal sealed class PinReader(Section section, CaseNames names)
{
    /// <summary>The step; <c>null</c>: it is another one.</summary>
    public PinStep? Read(Entry entry, string[] words) => words switch
    {
        ["pin", { } name, { } path] => new(PinCommand.Pin, Path(entry, path), SubjectOf(entry, name)),
        ["get", { } path] => new(PinCommand.Get, Path(entry, path)),
        ["unlink", { } path] => new(PinCommand.Unlink, Path(entry, path)),
        ["mkdir", { } path] => new(PinCommand.MakeFolder, Path(entry, path)),
        ["rmdir", { } path] => new(PinCommand.RemoveFolder, Path(entry, path)),
        _ => null,
    };

    /// <summary>The number of the map or the program with that name.</summary>
    public int SubjectOf(Entry entry, string name)
    {
        string[] all = [.. names.Maps, .. names.Programs];
        int first = Array.IndexOf(all, name);
        if (first < 0) throw section.Error(entry.Line, $"there is no map and no program {Section.Quote(name)} in this file");
        if (Array.LastIndexOf(all, name) != first) throw section.Error(entry.Line, $"both a map and a program are named '{name}'");
        return first;
    }

    private string Path(Entry entry, string text)
    {
        const string Start = PinStep.Root + "/";
        bool isPath = text.StartsWith(Start, StringComparison.Ordinal) && PinStep.IsPath(text[Start.Length..]);
        return isPath ? text[Start.Length..] : throw section.Error(entry.Line, $"found {Section.Quote(text)}, expected a path below {PinStep.Root}");
    }
}
