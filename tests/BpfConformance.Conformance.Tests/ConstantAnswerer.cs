using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.Conformance.Tests;

/// <summary>A machine that looks at no program: it claims to have everything, and leaves memory as it was.</summary>
/// <param name="name">What it does.</param>
/// <param name="verdict">Its answer to every load.</param>
/// <param name="result">Its r0, made of the memory that it is given.</param>
internal sealed class ConstantAnswerer(string name, Verdict verdict, ConstantAnswerer.Result result) : IExecutionTarget
{
    public delegate ulong Result(ReadOnlySpan<byte> data);

    /// <summary>All that a careless suite would let through.</summary>
    public static ImmutableArray<Func<IExecutionTarget>> All { get; } =
    [
        () => Answering("always 0", _ => 0),
        () => Answering("always 1", _ => 1),
        () => Answering("first operand", data => Word(data[..Math.Min(8, data.Length)])),
        () => Answering("echo of memory", data => Word(data[^Math.Min(8, data.Length)..])),
        () => new ConstantAnswerer("always reject", Verdict.Rejected(ReasonClass.Other, "no"), _ => 0),
        () => new NeverRejecting(new ReferenceTarget()),
    ];

    public string Name => name;

    public TargetCapabilities Capabilities { get; } = new(
        "1.0",
        [.. Enum.GetValues<ConformanceGroup>()],
        CpuVersion.V4,
        [.. Enum.GetValues<ProgramType>()],
        MaxDataBytes: int.MaxValue,
        Probes: []);

    public LoadResult Load(LoadRequest request) =>
        new(verdict, verdict.Kind == VerdictKind.Accepted ? new Loaded(result) : null);

    public void Dispose()
    {
    }

    private static ConstantAnswerer Answering(string name, Result result) => new(name, Verdict.Accepted, result);

    private static ulong Word(ReadOnlySpan<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        bytes.CopyTo(word);
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }

    private sealed class Loaded(Result result) : ILoadedProgram
    {
        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                ReadOnlySpan<byte> data = inputs[i].Data.Span;
                data.CopyTo(into.Data(i));
                into[i] = Observation.Nothing with
                {
                    Status = ExecutionStatus.Returned,
                    R0 = result(data),
                    R0Mask = ulong.MaxValue,
                    DataLength = data.Length,
                };
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Computes like another machine, and accepts what that one refuses.</summary>
    private sealed class NeverRejecting(IExecutionTarget inner) : IExecutionTarget
    {
        public string Name => "never reject";

        public TargetCapabilities Capabilities => inner.Capabilities;

        public LoadResult Load(LoadRequest request)
        {
            LoadResult load = inner.Load(request);
            return load.Verdict.Kind == VerdictKind.Accepted ? load : new LoadResult(Verdict.Accepted, new Loaded(_ => 0));
        }

        public void Dispose() => inner.Dispose();
    }
}
