using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Older;

/// <summary>
/// A machine behind the protocol of the older suite, which loads only to run, gives back r0 alone, and has one word for
/// a program that was rejected and one that faulted. The first input decides which of them an error is taken for.
/// </summary>
public sealed class OlderTarget(string name, PluginSettings settings) : IExecutionTarget
{
    /// <summary>An argument has at most 131,072 bytes with its end (Linux MAX_ARG_STRLEN), and a byte of memory takes four.</summary>
    private const int MaxDataBytes = 32_767;

    private readonly OlderRunner _runner = new(settings);

    public string Name => name;

    /// <summary>It cannot be asked what it has, and is taken to have what the protocol can ask for.</summary>
    public TargetCapabilities Capabilities { get; } = new(
        Version: "of unknown version",
        Groups:
        [
            ConformanceGroup.Base32, ConformanceGroup.Base64, ConformanceGroup.Atomic32, ConformanceGroup.Atomic64,
            ConformanceGroup.Divmul32, ConformanceGroup.Divmul64, ConformanceGroup.CallX,
        ],
        Cpu: CpuVersion.V4,
        Types: [ProgramType.Unspecified],
        MaxDataBytes: MaxDataBytes,
        Probes: [new("what it has", Available: false, "the bpf_conformance protocol does not tell; --groups and --cpu select what is asked")])
    {
        Helpers = [],
    };

    public LoadResult Load(LoadRequest request)
    {
        if (!request.Maps.IsEmpty) return new LoadResult(Unsupported("the bpf_conformance protocol has no maps"), null);
        if (request.DataBytes > MaxDataBytes)
        {
            return new LoadResult(Unsupported($"an argument holds at most {MaxDataBytes} bytes of memory, the program has {request.DataBytes}"), null);
        }

        byte[] program = request.Program.ToBytes();
        RunInput input = request.FirstInput ?? new RunInput(new byte[request.DataBytes]);
        OlderAnswer first = _runner.Run(program, input.Data);
        return first.End switch
        {
            OlderEnd.Result or OlderEnd.TookTooLong => new LoadResult(Verdict.Accepted, new Loaded(this, program, input, first)),
            OlderEnd.Error => new LoadResult(Verdict.Rejected(ReasonClass.Other, $"{first.Message} (rejected or faulted: the protocol does not tell)"), null),
            OlderEnd.Broke => new LoadResult(Verdict.Crashed($"{name} {first.Message}"), null),
        };
    }

    public void Dispose() => _runner.Dispose();

    private static Verdict Unsupported(string why) => Verdict.Unsupported(ReasonClass.NotImplemented, why);

    private sealed class Loaded(OlderTarget target, byte[] program, RunInput loadedWith, OlderAnswer answerOfLoad) : ILoadedProgram
    {
        /// <summary>The load was a run, too, which is not done again; but a second run of the same input is one of its own.</summary>
        private OlderAnswer? _answerOfLoad = answerOfLoad;

        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                OlderAnswer answer = AnswerOfLoad(inputs[i]) ?? target._runner.Run(program, inputs[i].Data);
                into[i].Status = answer.End switch
                {
                    OlderEnd.Result => ExecutionStatus.Returned,
                    OlderEnd.Error => ExecutionStatus.Faulted,
                    OlderEnd.TookTooLong => ExecutionStatus.TimedOut,
                    OlderEnd.Broke => ExecutionStatus.Crashed,
                };
                if (answer.R0 is { } r0) (into[i].R0, into[i].R0Mask) = (r0, ulong.MaxValue);
                if (answer.End == OlderEnd.Broke) into.SetCrashed(i, $"{target.Name} {answer.Message}");
                if (answer.End == OlderEnd.TookTooLong) into.SetTimedOut(i, $"{target.Name} {answer.Message}");
            }
        }

        public void Dispose()
        {
        }

        private OlderAnswer? AnswerOfLoad(RunInput input)
        {
            if (_answerOfLoad is not { } answer || !input.Data.Span.SequenceEqual(loadedWith.Data.Span)) return null;
            _answerOfLoad = null;
            return answer;
        }
    }
}
