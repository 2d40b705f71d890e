using System.Buffers.Binary;
using System.ComponentModel;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Targets.InProcess;

/// <summary>Loads a program into one of our own engines, or says why there is none.</summary>
public delegate IMachineProgram? EngineLoader(LoadRequest request, out ValidationError? error);

/// <summary>One of our own engines, in this process.</summary>
/// <param name="name">As in <c>--target</c>.</param>
/// <param name="capabilities">What it can do.</param>
/// <param name="load">The engine.</param>
public class InProcessTarget(string name, TargetCapabilities capabilities, EngineLoader load) : IExecutionTarget
{
    public string Name => name;

    public TargetCapabilities Capabilities => capabilities;

    public LoadResult Load(LoadRequest request)
    {
        if (TryLoad(request, out ValidationError? error) is { } loaded)
        {
            return new LoadResult(Verdict.Accepted, new Loaded(loaded, () => TryLoad(request, out _)!, request))
            {
                Cost = new LoadCost(VerifiedInstructions: null, loaded.CodeBytes),
            };
        }

        bool isMissing = error!.Reason == ReasonClass.NotImplemented; // there is an error where there is no program
        Verdict verdict = isMissing
            ? Verdict.Unsupported(error.Reason, error.Message, error.Pc)
            : Verdict.Rejected(error.Reason, error.Message, error.Pc);
        return new LoadResult(verdict, Program: null);
    }

    public void Dispose() => GC.SuppressFinalize(this);

    private IMachineProgram? TryLoad(LoadRequest request, out ValidationError? error)
    {
        try
        {
            IMachineProgram? program = load(request with { Program = PinnedMaps.Resolve(request.Program, request.Maps) }, out error);
            // Where values are neither tracked nor addresses of this process, a number cannot be told from an address.
            if (program is not null) program.Memory.KeepsHelperTrace = program.IsSanitized || !program.Memory.IsTracked;
            return program;
        }
        catch (Exception shortage) when (shortage is Win32Exception or OutOfMemoryException)
        {
            throw new TargetException(shortage.Message, shortage);
        }
    }

    private sealed class Loaded(IMachineProgram program, Func<IMachineProgram> another, LoadRequest request) : IContendedProgram
    {
        /// <summary>For each thread the program with a machine of its own; the maps are those of the first.</summary>
        private readonly List<IMachineProgram> _threads = [program];
        private readonly long _budget = request.InstructionBudget;
        private readonly InputPlayer _player = new(program, request);

        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
            if (program.Memory.Maps?.Problem is { } problem) throw new TargetException(problem);
            _player.Begin(inputs);
            for (int i = 0; i < inputs.Length; i++)
            {
                _player.Take(inputs[i], into, i);
                bool isLast = i == inputs.Length - 1;
                if ((isLast || !request.IsSequence) && into[i].Status == ExecutionStatus.Returned) MachineObserver.RecordMaps(program, into, i);
                if (request.IsSequence && into.EndSequenceAfter(i)) return;
            }
        }

        public ulong RunTogether(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into)
        {
            if (request.Maps.Any(each => each.Type != MapType.Array)) throw new TargetException("only arrays are shared by several threads here");
            while (_threads.Count < inputs.Length) AddThread();
            for (int i = 0; i < inputs.Length; i++) _threads[i].Prepare(inputs[i].Data.Span, _budget, context: inputs[i].Context.Span);
            Simultaneous.Run(inputs.Length, thread => _threads[thread].RunPrepared());
            for (int i = 0; i < inputs.Length; i++) MachineObserver.Record(_threads[i], _budget, into, i);
            return BinaryPrimitives.ReadUInt64LittleEndian(program.Memory.MapValue(map));
        }

        /// <summary>The first last: its maps are those of the others.</summary>
        public void Dispose()
        {
            for (int thread = _threads.Count - 1; thread >= 0; thread--) _threads[thread].Dispose();
        }

        private void AddThread()
        {
            IMachineProgram thread = another();
            thread.Memory.ShareMapValues(program.Memory);
            _threads.Add(thread);
        }
    }
}
