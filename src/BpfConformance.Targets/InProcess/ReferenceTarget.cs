using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Targets.InProcess;

/// <summary>The reference interpreter, in this process.</summary>
/// <param name="handlers">The meaning of the instructions: sanitised for comparisons, checked for speed.</param>
public sealed class ReferenceTarget(HandlerTable handlers) : IExecutionTarget
{
    public ReferenceTarget()
        : this(HandlerTable.Sanitized)
    {
    }

    public string Name => "reference";

    public TargetCapabilities Capabilities { get; } = new(
        Version: typeof(ReferenceTarget).Assembly.GetName().Version!.ToString(3), // every assembly has one
        Groups: [.. Enum.GetValues<ConformanceGroup>().Except([ConformanceGroup.AddressSpace])],
        Cpu: CpuVersion.V4,
        Types: [ProgramType.Unspecified, ProgramType.SocketFilter],
        MaxDataBytes: MachineMemory.MaxDataBytes,
        Probes:
        [
            new("initialized-ness and provenance", handlers.IsSanitized, "sanitised runs fault on what was never written"),
            new("maps", Available: true, "arrays of one entry, by the address of their value"),
            new("helpers", Available: true, "ktime_get_ns, get_prandom_u32, get_smp_processor_id"),
            new("address spaces", Available: false, "there are no arenas"),
        ]);

    public LoadResult Load(LoadRequest request)
    {
        BpfProgram program = request.Program;
        var loaded = InterpretedProgram.TryLoad(
            program.Instructions.AsSpan(), request.Maps, program.Type, request.DataBytes, handlers, out ValidationError? error);
        if (loaded is not null) return new LoadResult(Verdict.Accepted, new Loaded(loaded, request.InstructionBudget));

        bool isMissing = error!.Reason == ReasonClass.NotImplemented; // there is an error where there is no program
        Verdict verdict = isMissing
            ? Verdict.Unsupported(error.Reason, error.Message, error.Pc)
            : Verdict.Rejected(error.Reason, error.Message, error.Pc);
        return new LoadResult(verdict, Program: null);
    }

    public void Dispose()
    {
    }

    private sealed class Loaded(InterpretedProgram program, long budget) : ILoadedProgram
    {
        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                program.Run(inputs[i].Data.Span, budget);
                MachineObserver.Record(program, budget, into, i);
            }
        }

        public void Dispose() => program.Dispose();
    }
}
