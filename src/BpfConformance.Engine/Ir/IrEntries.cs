namespace BpfConformance.Engine.Ir;

/// <summary>Where control can come from elsewhere than the instruction before.</summary>
public static class IrEntries
{
    /// <summary>Of each instruction, whether something leads to it, or a program begins with it.</summary>
    public static bool[] Entries(this IrProgram program)
    {
        var entries = new bool[program.Code.Length + 1];
        entries[0] = true;
        foreach (Abi.Programs.ProgramPart other in program.Frame.Others) entries[other.Start] = true;
        foreach (IrInstruction instruction in program.Code)
        {
            if (instruction.HasTarget) entries[instruction.Target] = true;
        }

        return entries;
    }
}
