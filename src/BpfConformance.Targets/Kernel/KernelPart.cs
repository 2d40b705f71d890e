using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Events;

namespace BpfConformance.Targets.Kernel;

/// <summary>One program of a build: the slots that are really loaded for it.</summary>
internal sealed class KernelPart
{
    private readonly Instruction[] _prologue = [];
    private readonly int _mapCount;

    /// <param name="program">All programs of the request.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="mapCount">How many maps the case has; the results come after them, and then the memory.</param>
    /// <param name="hasMemory">Whether there is memory for programs without a hook.</param>
    /// <param name="dataBytes">How much.</param>
    public KernelPart(BpfProgram program, int index, int mapCount, bool hasMemory, int dataBytes)
    {
        Part = program[index];
        (int start, int length) = program.SlotsOf(index).GetOffsetAndLength(program.Instructions.Length);
        (Instructions, _mapCount) = (program.Instructions.Slice(start, length), mapCount);
        (Point, Hook) = (AttachPoints.Of(program, Part), program.HookOf(index));
        IsAttached = HookEvents.AreOf(Part.Type);
        if (Part.Type == ProgramType.Unspecified && length > 0) _prologue = Prologue(hasMemory ? mapCount + 1 : null, dataBytes);
    }

    public ProgramPart Part { get; }

    /// <summary>Its slots as given.</summary>
    public ImmutableArray<Instruction> Instructions { get; }

    public AttachPoint Point { get; }

    /// <summary>What it is given; <c>null</c>: nothing that the table knows.</summary>
    public ProgramHook? Hook { get; }

    /// <summary>Whether it runs where it is attached, and not by TEST_RUN.</summary>
    public bool IsAttached { get; }

    public int PrologueSlots => _prologue.Length;

    /// <summary>The program whose load is the verdict: the body's slots unchanged but for descriptors, and for what leads to before the body.</summary>
    /// <param name="fds">fd_array of the load.</param>
    public Instruction[] Given(int[] fds)
    {
        Instruction[] given = [.. _prologue, .. Instructions];
        Span<Instruction> body = given.AsSpan(PrologueSlots);
        MapReferences.Resolve(body, fds, _mapCount);
        for (int pc = 0; pc < body.Length; pc += body[pc].IsWide ? 2 : 1) body[pc] = PastPrologue(body[pc], pc);
        return given;
    }

    /// <summary>As <see cref="TwinBuilder.Build"/>; its results are so many bytes from the start of all.</summary>
    public Twin? Twin(int place, TwinShape shape, bool hasLongJump, out string problem) =>
        TwinBuilder.Build(Instructions.AsSpan(), _prologue, new(_mapCount, place), shape, hasLongJump, out problem);

    /// <summary>
    /// What leads out of the program must not find the prologue there: it leads as far before that. A call of the first
    /// slot is a call of main, which begins with the prologue now.
    /// </summary>
    private Instruction PastPrologue(in Instruction instruction, int pc)
    {
        bool isFunction = JumpTargets.NamesFunction(instruction);
        if (!isFunction && !JumpTargets.IsJump(instruction)) return instruction;

        int target = JumpTargets.Of(instruction, pc);
        bool isMain = isFunction && target == 0;
        if (!isMain && (target >= 0 || target < -PrologueSlots)) return instruction;
        return isFunction || instruction.Opcode == Opcodes.Ja32
            ? instruction with { Immediate = instruction.Immediate - PrologueSlots }
            : instruction with { Offset = (short)Math.Max(instruction.Offset - PrologueSlots, short.MinValue) };
    }

    private static Instruction[] Prologue(int? memoryIndex, int dataBytes) => memoryIndex is { } index
        ? [.. Code.MapValue(Register.R1, index), Code.MoveImmediate(Register.R2, dataBytes)]
        : [Code.MoveImmediate(Register.R1, 0), Code.MoveImmediate(Register.R2, 0)];
}
