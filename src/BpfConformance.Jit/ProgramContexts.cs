using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit;

/// <summary>What compilers know of the contexts that hooks give to programs, whose fields no access of memory reaches.</summary>
internal sealed unsafe class ProgramContexts
{
    private readonly BpfProgram _program;

    /// <summary>The fields, where any of the programs finds the same; null: that is seen when they run.</summary>
    private readonly ContextTable* _fields;

    private ProgramContexts(BpfProgram program, MachineMemory memory)
    {
        _program = program;
        Region* region = memory.Machine->Regions + Regions.Context;
        Start = region->Start;
        Bytes = region->Base; // as long as the machine is for these programs
        _fields = FieldsOfAll(program);
    }

    /// <summary>The address of a context.</summary>
    public ulong Start { get; }

    /// <summary>Where it really is.</summary>
    public byte* Bytes { get; }

    /// <summary>Those of programs which may touch them; <c>null</c>: there are none.</summary>
    public static ProgramContexts? Of(BpfProgram program, MachineMemory memory) => ContextUse.IsPossible(program) ? new ProgramContexts(program, memory) : null;

    /// <summary>Whether a program, by its index, begins with the context in r1; a tail call leaves it there.</summary>
    public bool IsGivenTo(int program) => _program[program].Type != ProgramType.Unspecified;

    /// <summary>The same of the program that begins at a pc.</summary>
    public bool IsGivenAt(int pc)
    {
        for (int index = 0; index < _program.Count; index++)
        {
            if (_program[index].Start == pc) return IsGivenTo(index);
        }

        return false;
    }

    /// <summary>The field that an access touches; null: none, or it is not known which.</summary>
    public ContextCell* Find(long offset, int bytes, ContextAccess access) =>
        _fields != null && offset >= 0 && offset + bytes <= _fields->SizeBytes ? _fields->Find((int)offset, bytes, access) : null;

    private static ContextTable* FieldsOfAll(BpfProgram program)
    {
        ContextTable* fields = null;
        for (int index = 0; index < program.Count; index++)
        {
            if (program.HookOf(index)?.Context is not { } view || view.Layout.IsOpen) return null;
            ContextTable* each = ContextTable.Of(view);
            if (index > 0 && each != fields) return null;
            fields = each;
        }

        return fields;
    }
}
