using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>What a request becomes in the kernel: its maps, its memory, and the slots that are really loaded.</summary>
internal sealed class KernelBuild : IDisposable
{
    private readonly Instruction[] _prologue;
    private MemoryPool.Lease? _memory;
    private readonly KernelMap _results;
    private CaseMaps _maps;

    /// <param name="request">What was asked for.</param>
    /// <param name="maps">The case's maps; this owns them.</param>
    /// <param name="memory">The memory in r1; <c>null</c>: the program has none. This owns the lease.</param>
    /// <param name="results">The map for <see cref="ResultsLayout"/>; shared.</param>
    public KernelBuild(LoadRequest request, CaseMaps maps, MemoryPool.Lease? memory, KernelMap results)
    {
        (Request, _maps, _memory, _results) = (request, maps, memory, results);
        Point = AttachPoints.Of(request.Program.Type);
        bool needsPrologue = request.Program.Type == ProgramType.Unspecified && !request.Program.Instructions.IsEmpty;
        _prologue = needsPrologue ? Prologue(memory is null ? null : ResultsIndex + 1, request.DataBytes) : [];
        Fds = DescriptorsWith(_results, Memory);
    }

    public LoadRequest Request { get; }

    public AttachPoint Point { get; }

    /// <summary>fd_array: the case's maps, the results, the memory, and −1 for what names no map.</summary>
    public int[] Fds { get; private set; }

    public int PrologueSlots => _prologue.Length;

    /// <summary>Index of the twin's results among the maps: the first after the case's.</summary>
    public int ResultsIndex => Request.Maps.Length;

    public KernelMap? Memory => _memory?.Map;

    /// <summary>Whether the maps get their initial contents back without new ones.</summary>
    public bool CanClearMaps => _maps.CanClear;

    public CaseMaps Maps => _maps;

    public void ClearMaps() => _maps.Clear();

    /// <summary>The program whose load is the verdict: the body's slots unchanged but for descriptors, and for what leads to before the body.</summary>
    public Instruction[] Given()
    {
        Instruction[] given = [.. _prologue, .. Request.Program.Instructions];
        Span<Instruction> body = given.AsSpan(PrologueSlots);
        MapReferences.Resolve(body, Fds, Request.Maps.Length);
        for (int pc = 0; pc < body.Length; pc += body[pc].IsWide ? 2 : 1) body[pc] = PastPrologue(body[pc], pc);
        return given;
    }

    public Twin? Twin(TwinShape shape, bool hasLongJump, out string problem) => TwinBuilder.Build(
        Request.Program.Instructions.AsSpan(), _prologue, ResultsIndex, shape, hasLongJump, out problem);

    public static Instruction[] Resolved(Twin twin, int[] fds)
    {
        Instruction[] resolved = [.. twin.Instructions];
        MapReferences.Resolve(resolved, fds, fds.Length - 1);
        return resolved;
    }

    /// <summary>As <see cref="Fds"/>, for a load with other maps for results and memory.</summary>
    public int[] DescriptorsWith(KernelMap results, KernelMap? memory) => _maps.DescriptorsWith(results, memory, null);

    /// <summary>What the gate loads: the twin without prologue, with the map for results after the case's.</summary>
    public LoadRequest ForGate(Twin twin) => Request with
    {
        Program = new BpfProgram(twin.WithoutPrologue, Request.Program.Type),
        Maps = Request.Maps.Add(ResultsLayout.Definition),
    };

    /// <summary>Gives all maps their initial contents.</summary>
    /// <param name="mustReload">Whether that took new maps, so that programs have to be loaded again.</param>
    /// <exception cref="TargetException">The kernel does not create the maps a second time.</exception>
    public void ResetMaps(out bool mustReload)
    {
        mustReload = !_maps.CanClear;
        if (!mustReload)
        {
            _maps.Clear();
            return;
        }

        CaseMaps fresh = CaseMaps.TryCreate(Request.Maps, !Request.IsSequence, out string problem, out _) ?? throw new TargetException(problem);
        _maps.Dispose();
        _maps = fresh;
        Fds = DescriptorsWith(_results, Memory);
    }

    public void Dispose()
    {
        _maps.Dispose();
        _memory?.Dispose();
        _memory = null; // A lease is given back once.
    }

    /// <summary>
    /// What leads out of the program must not find the prologue there: it leads as far before that. A call of the first
    /// slot is a call of main, which begins with the prologue now.
    /// </summary>
    private Instruction PastPrologue(in Instruction instruction, int pc)
    {
        bool isFunction = JumpTargets.IsLocalCall(instruction) || JumpTargets.IsCodeAddress(instruction);
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
