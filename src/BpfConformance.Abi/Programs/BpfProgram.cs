using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Abi.Programs;

/// <summary>A program as bytes say it: any slots at all, valid or not, and the type it is meant for.</summary>
/// <param name="Instructions">Its slots; behind them may stand other programs.</param>
/// <param name="Type">What it is meant for.</param>
public sealed record BpfProgram(ImmutableArray<Instruction> Instructions, ProgramType Type = ProgramType.Unspecified)
{
    /// <summary>What the load says of where the first program is to be attached.</summary>
    public AttachType AttachType { get; init; }

    /// <summary>Under which all of them are published: some helpers are there only for those compatible with the GPL.</summary>
    public string License { get; init; } = Licenses.Gpl;

    /// <summary>What their loads ask for beside.</summary>
    public ProgramFlags Flags { get; init; }

    /// <summary>The name of the program that stands first.</summary>
    public const string MainName = "main";

    /// <summary>
    /// Other programs, in the order in which they stand behind the first: tail calls and user space lead to them, and nothing else does.
    /// Jumps and calls are relative, so each keeps its own.
    /// </summary>
    public ImmutableArray<ProgramPart> Others { get; init; } = [];

    /// <summary>How many programs there are, the first included.</summary>
    public int Count => Others.Length + 1;

    /// <summary>The program with an index: the first has 0, and begins at slot 0.</summary>
    public ProgramPart this[int index] => index == 0 ? new ProgramPart(MainName, 0, Type, AttachType) : Others[index - 1];

    /// <summary>Whether any of them is meant for a hook.</summary>
    public bool HasHook
    {
        get
        {
            for (int index = 0; index < Count; index++)
            {
                if (this[index].Type != ProgramType.Unspecified) return true;
            }

            return false;
        }
    }

    /// <summary>Whether any of them calls one of some helpers, by their numbers.</summary>
    public bool Calls(params ReadOnlySpan<int> helpers)
    {
        foreach (ref readonly Instruction slot in Instructions.AsSpan())
        {
            if (slot is { Opcode: Opcodes.Call, Src: 0 } && helpers.Contains(slot.Immediate)) return true;
        }

        return false;
    }

    /// <summary>What one of them is given and may give back; <c>null</c>: the kernel has no such hook, or it is none that the table knows.</summary>
    public ProgramHook? HookOf(int index) => ProgramTypeTable.Find(this[index].Type, this[index].NamedAttachType);

    /// <summary>Whether one of them may sleep while it runs: where its load asks for it, and those of SYSCALL always (kernel/bpf/verifier.c, 6.18, <c>check_attach_btf_id</c>).</summary>
    public bool Sleeps(int index) => (Flags & ProgramFlags.Sleepable) != ProgramFlags.None || this[index].Type == ProgramType.Syscall;

    /// <summary>The most bytes that a context of one of them has, for its caller.</summary>
    /// <param name="given">The most that a caller gives: where he decides, a context has as many.</param>
    public int ContextBytes(int given) => Enumerable.Range(0, Count).Max(index =>
        HookOf(index)?.Given?.Layout is not { } layout ? 0 : layout.BytesOf(given, this[index].LeastContextBytes));

    /// <summary>The slots of one of the programs, as a range of all.</summary>
    public Range SlotsOf(int index) => this[index].Start..(index + 1 < Count ? this[index + 1].Start : Instructions.Length);

    /// <summary>The most slots a file may hold: the kernel's limit (include/linux/bpf_verifier.h, BPF_COMPLEXITY_LIMIT_INSNS).</summary>
    public const int MaxInstructions = 1_000_000;

    /// <summary>The most programs that a case or a request may hold.</summary>
    public const int MaxPrograms = 64;

    /// <summary>
    /// Programs one behind the other, each with its name; the first is the main one, whatever name it is given, and license and flags are
    /// those of the first.
    /// </summary>
    public static BpfProgram InARow(ReadOnlySpan<(string Name, BpfProgram Program)> programs)
    {
        var slots = ImmutableArray.CreateBuilder<Instruction>();
        var others = ImmutableArray.CreateBuilder<ProgramPart>();
        for (int index = 0; index < programs.Length; index++)
        {
            (string name, BpfProgram program) = programs[index];
            if (index > 0) others.Add(new ProgramPart(name, slots.Count, program.Type, program.AttachType));
            slots.AddRange(program.Instructions);
        }

        return programs[0].Program with { Instructions = slots.DrainToImmutable(), Others = others.DrainToImmutable() };
    }

    /// <summary>Reads a stream of 64-bit slots.</summary>
    /// <exception cref="BpfFormatException">The length is not a multiple of eight, or over <see cref="MaxInstructions"/>.</exception>
    public static BpfProgram FromBytes(
        ReadOnlySpan<byte> bytes,
        ByteOrder order = ByteOrder.LittleEndian,
        ProgramType type = ProgramType.Unspecified,
        string? source = null)
    {
        if (bytes.Length % Instruction.SizeBytes != 0)
        {
            throw new BpfFormatException(source, 0, 0, $"{bytes.Length} bytes of bytecode, expected a multiple of 8");
        }

        int count = bytes.Length / Instruction.SizeBytes;
        if (count > MaxInstructions)
        {
            throw new BpfFormatException(source, 0, 0, $"{count} instructions, expected at most {MaxInstructions}");
        }

        ImmutableArray<Instruction>.Builder instructions = ImmutableArray.CreateBuilder<Instruction>(count);
        for (int pc = 0; pc < count; pc++) instructions.Add(Instruction.Read(bytes[(pc * Instruction.SizeBytes)..], order));
        return new BpfProgram(instructions.MoveToImmutable(), type);
    }

    public byte[] ToBytes(ByteOrder order = ByteOrder.LittleEndian)
    {
        var bytes = new byte[Instructions.Length * Instruction.SizeBytes];
        for (int pc = 0; pc < Instructions.Length; pc++)
        {
            Instructions[pc].Write(bytes.AsSpan(pc * Instruction.SizeBytes), order);
        }

        return bytes;
    }

    /// <summary>Two programs are equal when their slots are, and all that their loads say.</summary>
    public bool Equals(BpfProgram? other) =>
        other is not null && (Type, AttachType, License, Flags) == (other.Type, other.AttachType, other.License, other.Flags)
        && Instructions.AsSpan().SequenceEqual(other.Instructions.AsSpan()) && Others.AsSpan().SequenceEqual(other.Others.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add((Type, AttachType, License, Flags));
        foreach (Instruction instruction in Instructions) hash.Add(instruction);
        return hash.ToHashCode();
    }
}

/// <summary>One of several programs that stand in a row.</summary>
/// <param name="Name">As written in the case; unique there.</param>
/// <param name="Start">Its first slot.</param>
/// <param name="Type">What it is meant for.</param>
/// <param name="AttachType">What its load says of where it is to be attached.</param>
public readonly record struct ProgramPart(string Name, int Start, ProgramType Type, AttachType AttachType = default)
{
    /// <summary>The same, where the type must have one and it was not told.</summary>
    public AttachType NamedAttachType => ProgramTypeTable.Named(Type, AttachType);

    /// <summary>
    /// Whether the last of the arguments in its context is what a function returns, or what the program before has returned in its place. Programs of LSM are taken
    /// to be at functions that return a number, as most are (kernel/bpf/btf.c, 6.18, <c>btf_ctx_access</c>; kernel/bpf/trampoline.c, <c>bpf_attach_type_to_tramp</c>).
    /// </summary>
    public bool SeesFunctionResult => Type is ProgramType.Tracing or ProgramType.Lsm
        && NamedAttachType is AttachType.TraceFexit or AttachType.ModifyReturn or AttachType.LsmMac or AttachType.LsmCgroup;

    /// <summary>How many bytes its context has where nothing is given of it, and its hook does not say.</summary>
    public int LeastContextBytes => SeesFunctionResult ? sizeof(ulong) : 0;

    /// <summary>What it is attached to: loads for some hooks of a control group need not say so (kernel/bpf/syscall.c, 6.18, <c>attach_type_to_prog_type</c>).</summary>
    public AttachType Hook => Type switch
    {
        ProgramType.CgroupSock when NamedAttachType == default => AttachType.CgroupInetSockCreate,
        ProgramType.SockOps => AttachType.CgroupSockOps,
        ProgramType.CgroupDevice => AttachType.CgroupDevice,
        ProgramType.CgroupSysctl => AttachType.CgroupSysctl,
        _ => NamedAttachType,
    };
}
