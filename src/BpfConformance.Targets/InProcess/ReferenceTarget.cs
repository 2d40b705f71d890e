using System.Buffers.Binary;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

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
            new("helpers", Available: true, "ktime_get_ns, get_prandom_u32, get_smp_processor_id, strtol, strtoul"),
            new("address spaces", Available: false, "there are no arenas"),
        ])
    {
        Helpers = [.. HelperTable.All.Where(IsThere)],
    };

    public LoadResult Load(LoadRequest request)
    {
        if (TryLoad(request, handlers, out ValidationError? error) is { } loaded)
        {
            return new LoadResult(Verdict.Accepted, new Loaded(loaded, request, handlers));
        }

        bool isMissing = error!.Reason == ReasonClass.NotImplemented; // there is an error where there is no program
        Verdict verdict = isMissing
            ? Verdict.Unsupported(error.Reason, error.Message, error.Pc)
            : Verdict.Rejected(error.Reason, error.Message, error.Pc);
        return new LoadResult(verdict, Program: null);
    }

    public void Dispose()
    {
    }

    private static unsafe bool IsThere(int helper) => HelperSet.Find((ulong)helper) != null;

    private static InterpretedProgram? TryLoad(LoadRequest request, HandlerTable handlers, out ValidationError? error) =>
        InterpretedProgram.TryLoad(
            request.Program.Instructions.AsSpan(), request.Maps, request.Program.Type, request.DataBytes, handlers, out error);

    private sealed class Loaded(InterpretedProgram program, LoadRequest request, HandlerTable handlers) : IContendedProgram
    {
        /// <summary>For each thread the program with a machine of its own; the maps are those of the first.</summary>
        private readonly List<InterpretedProgram> _threads = [program];

        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                program.Run(inputs[i].Data.Span, request.InstructionBudget);
                MachineObserver.Record(program, request.InstructionBudget, into, i);
            }
        }

        public ulong RunTogether(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into)
        {
            while (_threads.Count < inputs.Length) AddThread();
            for (int i = 0; i < inputs.Length; i++) _threads[i].Prepare(inputs[i].Data.Span, request.InstructionBudget);
            Simultaneous.Run(inputs.Length, thread => _threads[thread].RunPrepared());
            for (int i = 0; i < inputs.Length; i++) MachineObserver.Record(_threads[i], request.InstructionBudget, into, i);
            return BinaryPrimitives.ReadUInt64LittleEndian(program.Memory.MapValue(map));
        }

        public void Dispose() => _threads.ForEach(thread => thread.Dispose());

        private void AddThread()
        {
            InterpretedProgram thread = TryLoad(request, handlers, out _)!; // it was loaded before
            thread.Memory.ShareMapValues(program.Memory);
            _threads.Add(thread);
        }
    }
}
