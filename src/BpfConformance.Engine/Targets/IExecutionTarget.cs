using System.Collections.Immutable;
using BpfConformance.Abi.Contexts;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Targets;

/// <summary>
/// A machine as a black box with two verbs. Loads and runs answer with values; only trouble of the environment is
/// an exception (<see cref="TargetException"/>).
/// </summary>
public interface IExecutionTarget : IDisposable
{
    /// <summary>As in <c>--target</c>.</summary>
    string Name { get; }

    /// <summary>Probed, never assumed.</summary>
    TargetCapabilities Capabilities { get; }

    LoadResult Load(LoadRequest request);
}

/// <summary>An accepted program.</summary>
public interface ILoadedProgram : IDisposable
{
    /// <summary>
    /// Runs every input from the case's initial maps and memory (of a sequence: from the maps that the input before left), and records into <paramref name="into"/>, which the
    /// caller has reset for this many inputs. Allocates nothing on the way.
    /// </summary>
    void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into);
}

/// <summary>One load.</summary>
/// <param name="Program">The program as given; others that tail calls and steps lead to may stand behind it.</param>
/// <param name="Maps">The maps it names by index, in whichever form of lddw.</param>
/// <param name="DataBytes">Bytes of memory of every input (r2 of a program without a hook), or of the longest packet.</param>
public sealed record LoadRequest(BpfProgram Program, ImmutableArray<MapDefinition> Maps, int DataBytes)
{
    /// <summary>The budget of a run for which nobody asks another.</summary>
    public const long DefaultBudget = 1L << 24;

    /// <summary>Executed instructions after which a run is ended, where the machine counts them.</summary>
    public long InstructionBudget { get; init; } = DefaultBudget;

    /// <summary>Whether the inputs follow on each other: each finds the maps as the one before left them.</summary>
    public bool IsSequence { get; init; }

    /// <summary>Whether programs are attached in the network, in which packets are on their way.</summary>
    public bool HasNetwork { get; init; }

    /// <summary>The most bytes that a batch of user space gets; 0: there is none.</summary>
    public int LongestBatch { get; init; }

    /// <summary>The most bytes of data that may be seen after an input: those of a step of user space can be a key, a value, or more.</summary>
    public int ObservedBytes => IsSequence
        ? Maps.Select(map => map.IsRing ? map.MaxEntries : Math.Max(map.KeyBytes, map.ValueBytes)).Append(PinStep.SubjectBytes).Append(LongestBatch).Append(LongestFate).Max()
        : LongestData;

    private int LongestFate => HasNetwork ? PacketFate.MaxBytes(Program.Count, LongestData) : LongestData;

    /// <summary>As helpers may leave a packet.</summary>
    private int LongestData => PacketGrowth.LongestAfter(Program, DataBytes);

    /// <summary>Whether nobody has stated the verdict: who runs a program in another form need not load it as given, where it is known what would come of that.</summary>
    public bool IsVerdictOpen { get; init; }

    /// <summary>What the first run will be given, for machines that load only to run; <c>null</c>: nothing will be run.</summary>
    public RunInput? FirstInput { get; init; }
}

/// <summary>The answer to a load.</summary>
/// <param name="Verdict">What the machine says of the program as given.</param>
/// <param name="Program">Present exactly when accepted; the caller disposes it.</param>
public sealed record LoadResult(Verdict Verdict, ILoadedProgram? Program)
{
    /// <summary>What it took, as far as the machine shows it.</summary>
    public LoadCost Cost { get; init; }
}

/// <summary>One run's data: memory, or a packet.</summary>
public readonly record struct RunInput(ReadOnlyMemory<byte> Data)
{
    /// <summary>What is given of the context that the program's hook makes, in the kernel's layout; the rest of it is zero.</summary>
    public ReadOnlyMemory<byte> Context { get; init; }

    /// <summary>A run in which something has happened at the program's hook.</summary>
    /// <param name="context">What.</param>
    /// <param name="data">The packet of it, or what else its <c>data</c> leads to.</param>
    public static RunInput Of<TContext>(TContext context, ReadOnlyMemory<byte> data = default)
        where TContext : unmanaged, IContext => new(data) { Context = IContext.BytesOf(context) };

    /// <summary>In a sequence: what user space does instead of a run; <c>null</c>: a run.</summary>
    public UserStep? Step { get; init; }

    /// <summary>In a sequence: the index of the program that is run.</summary>
    public int Program { get; init; }
}

/// <summary>Trouble of the environment: no verdict on the program follows from it.</summary>
public sealed class TargetException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the machine itself broke (a kernel that became tainted): a finding about it.</summary>
    public bool IsCrash { get; init; }
}
