using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>What a machine may answer to the load of a case.</summary>
public enum LoadExpectation
{
    Accepted,
    Rejected,

    /// <summary>Kernel and RFC 9669 allow more than one answer: rejected, or accepted and then the expected result.</summary>
    AcceptedOrRejected,
}

/// <summary>How a run must end.</summary>
public enum RunExpectation
{
    Returned,
    Faulted,

    /// <summary>RFC 9669 leaves open what happens: a fault, or a return.</summary>
    FaultedOrReturned,

    /// <summary>The instruction budget runs out.</summary>
    TimedOut,

    /// <summary>The file does not say; machines can only be compared with each other.</summary>
    Unstated,
}

/// <summary>
/// What must happen, for every input alike; results are with the inputs. A machine that rejects a program whose runs
/// fault or never end is right too: it knew before.
/// </summary>
/// <param name="Load">What the load may answer.</param>
/// <param name="Reasons">The reasons that a rejection may have; empty: any.</param>
/// <param name="Run">How runs end.</param>
/// <param name="Fault">The kind of fault, for <see cref="RunExpectation.Faulted"/>; <see cref="FaultKind.None"/>: any.</param>
/// <param name="FaultPc">The slot that faults; <c>null</c>: not stated.</param>
public sealed record Expectation(
    LoadExpectation Load,
    ImmutableArray<ReasonClass> Reasons,
    RunExpectation Run = RunExpectation.Returned,
    FaultKind Fault = FaultKind.None,
    int? FaultPc = null)
{
    /// <summary>Of a program without a word on what it should do.</summary>
    public static Expectation None { get; } = new(LoadExpectation.AcceptedOrRejected, [], RunExpectation.Unstated);

    /// <summary>Whether the load may be refused for such a reason; what is known of runs apart.</summary>
    public bool AllowsRejectionFor(ReasonClass reason) =>
        Load != LoadExpectation.Accepted && (Reasons.IsEmpty || Reasons.Contains(reason));

    /// <summary>Of a rejection: the encoding itself is wrong, so that no decoder may let it through.</summary>
    public bool IsMalformed { get; init; }
}

/// <summary>One run of a case.</summary>
/// <param name="Line">1-based line in the file, for messages.</param>
/// <param name="Data">The memory (or, for a type with packets, the packet) that the run starts with.</param>
/// <param name="Result">The expected r0; <c>null</c> when nothing is returned.</param>
/// <param name="DataAfter">The expected memory or packet afterwards; <c>null</c>: not stated.</param>
public sealed record CaseInput(int Line, ReadOnlyMemory<byte> Data, ulong? Result, ReadOnlyMemory<byte>? DataAfter)
{
    /// <summary>1-based line that states the memory or packet afterwards, where that is not <see cref="Line"/>; <c>null</c>: it is.</summary>
    public int? DataAfterLine { get; init; }

    /// <summary>What is given of the context, in the kernel's layout.</summary>
    public ReadOnlyMemory<byte> Context { get; init; }

    /// <summary>The fields of the context that are stated of the end; empty: none is.</summary>
    public ImmutableArray<StatedField> ContextAfter { get; init; } = [];

    /// <summary>In a sequence: what user space does instead of a run, whose data and memory afterwards are what it gets; <c>null</c>: a run.</summary>
    public UserStep? Step { get; init; }

    /// <summary>In a sequence: the step as its file has it; else empty.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>In a sequence: the index of the program that is run.</summary>
    public int Program { get; init; }

    /// <summary>What must be in maps afterwards, of those for which it is stated.</summary>
    public ImmutableArray<StatedMap> MapsAfter { get; init; } = [];

    /// <summary>What a target is given.</summary>
    public RunInput ForRun => new(Data) { Context = Context, Step = Step, Program = Program };
}

/// <summary>What must be in a field of a context.</summary>
/// <param name="Offset">Of its first byte.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="Line">1-based line in the file.</param>
public sealed record StatedField(int Offset, ReadOnlyMemory<byte> Value, int Line);

/// <summary>What must be in a map.</summary>
/// <param name="Map">Its index in the case.</param>
/// <param name="Part">All of it, as in a <see cref="Comparison.MapImage"/>.</param>
/// <param name="Line">1-based line of its name in the file.</param>
/// <param name="EntryLines">Of each entry the line that states it, or that of the name.</param>
public sealed record StatedMap(int Map, ReadOnlyMemory<byte> Part, int Line, ImmutableArray<int> EntryLines);

/// <summary>A program, its inputs and what must come of them.</summary>
public sealed record TestCase
{
    /// <summary>Path from the <see cref="SuiteFolder"/>, with forward slashes: what <c>--filter</c> matches.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the file: that of the case, without its member.</summary>
    public string FileName => Member.Length == 0 ? Name : Name[..^(Member.Length + 1)];

    /// <summary>The file as the user can open it.</summary>
    public required string File { get; init; }

    /// <summary>Of a case that a <c>.grid</c> stands for: which of them; else empty.</summary>
    public string Member { get; init; } = string.Empty;

    /// <summary>1-based line of what the file expects; 0: it has no lines, or expects nothing.</summary>
    public int Line { get; init; }

    /// <summary>The program, and behind it those that tail calls and steps lead to.</summary>
    public required BpfProgram Program { get; init; }

    /// <summary>1-based source line of each slot.</summary>
    public required ImmutableArray<int> Lines { get; init; }

    /// <summary>The maps that the program names by index.</summary>
    public ImmutableArray<MapDefinition> Maps { get; init; } = [];

    /// <summary>Of each map the 1-based line that defines it; empty: the file has no lines for them.</summary>
    public ImmutableArray<int> MapLines { get; init; } = [];

    /// <summary>How the inputs are run at the same time; <c>null</c>: each is run alone.</summary>
    public Contention? Contention { get; init; }

    /// <summary>Whether the inputs follow on each other: each finds the maps as the one before left them.</summary>
    public bool IsSequence { get; init; }

    /// <summary>At least one, unless the load must be rejected.</summary>
    public required ImmutableArray<CaseInput> Inputs { get; init; }

    public required Expectation Expectation { get; init; }

    /// <summary>
    /// What all runs together must give, r0 and memory, where the inputs state no results of their own; <c>null</c>: they do,
    /// or there are none.
    /// </summary>
    public ulong? Signature { get; init; }

    /// <summary>The groups of all instructions in the program: what a machine must have to be asked.</summary>
    public required ImmutableSortedSet<ConformanceGroup> Groups { get; init; }

    /// <summary>The one group that it is about, and counts in; <c>null</c>: it is about something of Linux, and says nothing of instructions.</summary>
    public ConformanceGroup? Subject => CaseSubject.GroupOf(this);

    /// <summary>The same in words.</summary>
    public string SubjectName => CaseSubject.NameOf(this);

    /// <summary>The highest CPU version of any instruction in the program.</summary>
    public required CpuVersion Cpu { get; init; }

    /// <summary>The spec sections or notes that the file gives; empty when none.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>Executed instructions after which a run is ended, where the machine counts them.</summary>
    public long InstructionBudget { get; init; } = LoadRequest.DefaultBudget;

    /// <summary>Bytes of memory that every input has; packets may differ in length, and those of a stream may come to be one.</summary>
    public int DataBytes
    {
        get
        {
            int most = 0;
            foreach (CaseInput input in Inputs)
            {
                most = Math.Max(most, input.Data.Length);
                if (input.Step is NetworkStep step) most = Math.Max(most, step is WriteStep ? StreamBytes : step.PacketBytes);
            }

            return most;
        }
    }

    private int StreamBytes => Inputs.Sum(input => (input.Step as WriteStep)?.PacketBytes ?? 0);

    /// <summary>Whether programs are attached in the network.</summary>
    public bool HasNetwork => IsSequence && Inputs.Any(input => input.Step is NetworkStep);

    /// <summary>Whether a run begins with one of the programs; others are attached, or led to.</summary>
    public bool Runs(int program) => Inputs.Any(input => input.Step is null && input.Program == program);

    /// <summary>Whether maps can hold sockets of that network, programs choose them or see what happens to them, or user space writes to one.</summary>
    public bool HasSockets => Maps.Any(map => map.HoldsSockets) || Inputs.Any(input => NeedsSockets(input.Step));

    /// <summary>The most bytes that the image of all maps has.</summary>
    public int MapBytes => Maps.IsEmpty ? 0 : (int)Comparison.MapImage.MaxBytes(Maps);

    /// <summary>The most bytes that a context has; where a caller decides, as many as one is given.</summary>
    public int ContextBytes => Program.HasHook ? Program.ContextBytes(given: Inputs.IsEmpty ? 0 : Inputs.Max(input => input.Context.Length)) : 0;

    /// <summary>The context of an input, as cases state it; <c>null</c>: it has none, or none that the table knows.</summary>
    public ContextView? ContextOf(int input) => Inputs[input].Step is null ? Program.HookOf(Inputs[input].Program)?.Given : null;

    /// <summary>What a target is given, run by run.</summary>
    public RunInput[] ForRuns()
    {
        var runs = new RunInput[Inputs.Length];
        for (int i = 0; i < runs.Length; i++) runs[i] = Inputs[i].ForRun;
        return runs;
    }

    /// <summary>What a target is to load.</summary>
    public LoadRequest ToRequest() => new(Program, Maps, DataBytes)
    {
        InstructionBudget = InstructionBudget,
        IsSequence = IsSequence,
        HasNetwork = HasNetwork,
        LongestBatch = IsSequence ? BatchStep.LongestIn(Inputs.Select(input => input.Step), Maps) : 0,
        IsVerdictOpen = Expectation is { Load: LoadExpectation.AcceptedOrRejected, Run: RunExpectation.Unstated },
        FirstInput = Inputs.IsEmpty || Expectation.Load == LoadExpectation.Rejected ? null : Inputs[0].ForRun,
    };

    /// <summary>Whether the data of inputs are packets; else memory.</summary>
    public bool HasPackets => Program.Type != ProgramType.Unspecified;

    /// <summary>What the data of a run are, for people.</summary>
    public string DataNoun => HasPackets ? "packet" : "memory";

    /// <summary>Whether runs return and only a signature can say what.</summary>
    public bool NeedsSignature =>
        Member.Length > 0 && Expectation is { Run: RunExpectation.Returned, Load: not LoadExpectation.Rejected };

    public override string ToString() => Name;

    private bool NeedsSockets(UserStep? step) => step is WriteStep or ConnectStep or AttachStep { Place: NetworkPlace.First or NetworkPlace.Host }
        || (step is AttachStep attach && Program[attach.Program].Type == ProgramType.SockOps);
}
