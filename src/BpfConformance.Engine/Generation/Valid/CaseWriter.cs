using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Domains;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Writes whole cases: inputs, programs with what they begin and end with, and their functions. It keeps its buffers.</summary>
/// <param name="name">Of the cases.</param>
internal sealed class CaseWriter(string name)
{
    /// <summary>Words of the stack of a function: with as many frames as there can be all are within 512 bytes.</summary>
    private const int FunctionWords = 4;

    private const int FunctionSteps = 8;

    /// <summary>Slots of a program of which the lines are kept for the next of the same length.</summary>
    private const int LongestKept = 512;

    private static readonly int[] s_memoryBytes = [64, 64, 96, 128, 192, 256];

    private readonly ProgramDraft _draft = new();
    private readonly ImmutableArray<int>[] _lines = new ImmutableArray<int>[LongestKept + 1];
    private GeneratorLimits? _limits;
    private RowFamilies? _rows;
    private HookProfiles? _profiles;

    private CasePlan _plan = CasePlan.Usual;
    private int _specialAt;

    /// <summary>What the last case holds.</summary>
    public GeneratedShape Shape => _draft.Shape;

    /// <param name="entropy">Where decisions come from.</param>
    /// <param name="limits">What there may be.</param>
    /// <param name="plan">How the programs are to be.</param>
    public TestCase Write(ref Entropy entropy, GeneratorLimits limits, CasePlan plan)
    {
        _plan = plan;
        if (!ReferenceEquals(limits, _limits)) (_limits, _rows, _profiles) = (limits, new RowFamilies(limits.Rows), new HookProfiles(limits));
        entropy.BeginStep();
        int bytes = Math.Min(plan.MemoryBytes > 0 ? plan.MemoryBytes : entropy.Of<int>(s_memoryBytes), limits.Common.MaxDataBytes & ~7);
        int mean = plan.Slots > 0 ? plan.Slots : limits.Instructions;
        int slots = entropy.Between(mean / 2, mean * 3 / 2);
        _specialAt = plan.Special is null ? int.MaxValue : entropy.Between(slots / 3, slots);
        HookProfile profile = _profiles!.Any(ref entropy, plan.NeedsContext);
        ImmutableArray<CaseInput> inputs = HookInputs.Of(profile, bytes, limits.Inputs, entropy.Next());

        _draft.Begin(entropy, limits, _rows!, profile);
        WriteProgram(bytes, slots);
        int second = _draft.Count;
        if (_draft.HasTailCall)
        {
            (_draft.IsLast, slots) = (true, slots / 2);
            _draft.Functions.Clear();
            WriteProgram(bytes, second + slots);
        }

        entropy = _draft.Entropy;
        return Case(inputs, second);
    }

    /// <param name="bytes">Of the memory that it is given.</param>
    /// <param name="end">The slot where it is to come to its end.</param>
    private void WriteProgram(int bytes, int end)
    {
        _draft.BeginFrame(_draft.Entropy.Between(2, _plan.Words), _plan.GapBytes, isLeaf: _plan.IsLeaf || (!_plan.MustCall && !_draft.Hook.HasContext && _draft.Entropy.Below(2) == 0));
        if (_draft.Hook.HasContext) BeginHook();
        else BeginMemory(bytes);
        if (!_draft.IsLast && _draft.Entropy.Chance(6)) CallbackSteps.Begin(_draft);
        if (_plan.CallsDeep) CallSteps.CallNew(_draft);
        while (_draft.Count < end && !_draft.Entropy.IsExhausted) TakeStep();
        if (_specialAt != int.MaxValue) TakeSpecial();
        End();
        for (int function = 0; function < _draft.Functions.Count; function++) WriteFunction(function);
        _draft.Functions.Begin(-1);
    }

    private void BeginMemory(int bytes)
    {
        _draft.State.Set((int)Register.R1, AbstractValue.Pointer(ValueKind.Memory, bytes));
        _draft.State.SetScalar((int)Register.R2, ScalarRange.Constant((ulong)bytes));
        _draft.KeepBase((int)Register.R1);
    }

    /// <summary>What differs between runs goes to memory first.</summary>
    private void BeginHook()
    {
        const int Word = (int)Register.R0;
        _draft.State.Set((int)Register.R1, AbstractValue.Pointer(ValueKind.Context));
        _draft.KeepContext((int)Register.R1);
        _draft.KeepMapValue(_draft.Maps.IndexOf(MapCatalog.Memory));
        if (_draft.Entropy.Below(4) == 0) return;
        int packet = _draft.Hook.HasPacketPointers ? PacketSteps.Require(_draft) : -1;
        for (int word = 0; word < 2; word++)
        {
            if (packet >= 0 && packet != Word && _draft.State[packet].Bytes >= (word + 1) * sizeof(ulong)) _draft.Emit(_draft.Rows.WordLoad, Word, packet, word * sizeof(ulong), kind: ValueKind.Packet);
            else if (_draft.Hook.Loads.Length > 0) ContextSteps.LoadInto(_draft, Word);
            else return;
            _draft.Emit(_draft.Rows.WordStore, _draft.Base, Word, word * sizeof(ulong), kind: ValueKind.DirectMapValue);
            _draft.State.SetScalar(Word, ScalarRange.Unknown);
        }
    }

    private void WriteFunction(int function)
    {
        _draft.Functions.Place(_draft, function);
        _draft.Functions.Begin(function);
        ImmutableArray<AbstractValue> arguments = _draft.Functions[function].Arguments;
        _draft.BeginFrame(_draft.Functions.IsCallback ? 0 : _draft.Entropy.Below(FunctionWords + 1), gap: 0, isLeaf: _draft.Functions.IsCallback || (!_plan.CallsDeep && _draft.Entropy.Below(3) != 0));
        int memory = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            _draft.State.Set(i + 1, arguments[i]);
            if (arguments[i].Kind is ValueKind.Memory or ValueKind.DirectMapValue) memory = i + 1;
        }

        if (memory > 0) _draft.KeepBase(memory);
        if (_plan.CallsDeep && memory > 0) CallSteps.CallNew(_draft);
        for (int steps = _draft.Entropy.Between(2, FunctionSteps); steps > 0 && !_draft.Entropy.IsExhausted; steps--) TakeStep();
        End();
    }

    private void TakeStep()
    {
        if (_draft.Count >= _specialAt) TakeSpecial();
        _draft.BeginStep();
        StepTable.Take(_draft);
    }

    private void TakeSpecial()
    {
        _specialAt = int.MaxValue;
        _draft.BeginStep();
        _plan.Special!(_draft); // where there is none, its place is never come to
    }

    private void End()
    {
        _draft.Entropy.BeginStep();
        _draft.Blocks.CloseAll();
        ResultSteps.Show(_draft);
        _draft.Return();
    }

    /// <param name="inputs">Of all runs.</param>
    /// <param name="second">Where the program begins that the first leads to.</param>
    private TestCase Case(ImmutableArray<CaseInput> inputs, int second)
    {
        ReadOnlySpan<Instruction> slots = _draft.IsCutShort ? _draft.Slots[..^1] : _draft.Slots;
        GeneratorLimits limits = _draft.Limits;
        ProgramType type = _draft.Hook.Type;
        return new TestCase
        {
            Name = name,
            File = string.Empty,
            Program = new BpfProgram(ImmutableArray.Create(slots), type) { Others = _draft.HasTailCall ? [new ProgramPart("next", second, type)] : [] },
            Maps = _draft.Maps.ToArray(),
            Lines = LinesOf(slots.Length),
            Inputs = inputs,
            Expectation = Expectation.None,
            Groups = limits.Common.Groups,
            Cpu = limits.Common.Cpu,
        };
    }

    /// <summary>There are none of a file; those of one length are the same.</summary>
    private ImmutableArray<int> LinesOf(int slots)
    {
        if (slots > LongestKept) return [.. new int[slots]];
        if (_lines[slots].IsDefault) _lines[slots] = [.. new int[slots]];
        return _lines[slots];
    }
}
