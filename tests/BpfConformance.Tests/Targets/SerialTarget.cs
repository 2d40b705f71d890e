using System.Runtime.InteropServices;
using BpfConformance.Engine.Targets;
using BpfConformance.Tests.Engine;

namespace BpfConformance.Tests.Targets;

/// <summary>A machine that takes threads one after the other; each adds to the cell as often as it has room for records.</summary>
internal sealed class SerialTarget(TargetCapabilities capabilities) : IExecutionTarget
{
    public string Name => "serial";

    public TargetCapabilities Capabilities => capabilities;

    public LoadResult Load(LoadRequest request) => new(Verdict.Accepted, new Program());

    public void Dispose()
    {
    }

    private sealed class Program : IContendedProgram
    {
        public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into) => RunTogether(inputs, map: 0, into);

        public ulong RunTogether(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into)
        {
            ulong cell = 0;
            for (int thread = 0; thread < inputs.Length; thread++)
            {
                Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(into.Data(thread));
                for (int i = 1; i < words.Length; i += 2) (words[i], words[i + 1]) = (cell, ++cell);
                into[thread] = FakeTarget.Returned(512) with { DataLength = into.Data(thread).Length };
            }

            return cell;
        }

        public void Dispose()
        {
        }
    }
}
