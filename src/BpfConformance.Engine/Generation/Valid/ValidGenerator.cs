using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Domains;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Programs that every verifier must accept, and that compute much from little: memory of edge values. One thread at a time.</summary>
public sealed class ValidGenerator : IProgramGenerator
{
    /// <summary>Words of the stack of a program, and of a function: with as many frames as there can be all are within 512 bytes.</summary>
    private const int MainWords = 24;
    private const int FunctionWords = 4;

    private const int FunctionSteps = 8;
    private static readonly int[] s_memoryBytes = [64, 64, 96, 128, 192, 256];

    private readonly ProgramDraft _draft = new();
    private GeneratorLimits? _limits;
    private RowFamilies? _rows;
    private ImmutableArray<int> _lines = [.. new int[256]];

    public string Name => "valid";

    /// <summary>What the last case holds.</summary>
    public GeneratedShape LastShape => _draft.Shape;

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits)
    {
        if (!ReferenceEquals(limits, _limits)) (_limits, _rows) = (limits, new RowFamilies(limits.Rows));
        entropy.BeginStep();
        int bytes = Math.Min(entropy.Of<int>(s_memoryBytes), limits.Common.MaxDataBytes & ~7);
        int slots = entropy.Between(limits.Instructions / 2, limits.Instructions * 3 / 2);
        ImmutableArray<CaseInput> inputs = Inputs(bytes, limits.Inputs, entropy.Next());

        _draft.Begin(entropy, limits, _rows!);
        WriteMain(bytes, slots);
        for (int function = 0; function < _draft.Functions.Count; function++) WriteFunction(function);
        entropy = _draft.Entropy;
        return Case(inputs, limits);
    }

    private static ImmutableArray<CaseInput> Inputs(int bytes, int count, ulong chance)
    {
        var memory = new byte[bytes * count];
        EdgeWords.Fill(memory, chance | 1); // xorshift stays where it is at 0
        var inputs = new CaseInput[count];
        for (int i = 0; i < count; i++) inputs[i] = new CaseInput(0, memory.AsMemory(i * bytes, bytes), null, null);
        return ImmutableCollectionsMarshal.AsImmutableArray(inputs);
    }

    private void WriteMain(int bytes, int slots)
    {
        _draft.BeginFrame(_draft.Entropy.Between(2, MainWords), gap: 0, isLeaf: _draft.Entropy.Below(2) == 0);
        _draft.State.Set((int)Register.R1, AbstractValue.Pointer(ValueKind.Memory, bytes));
        _draft.State.SetScalar((int)Register.R2, ScalarRange.Constant((ulong)bytes));
        _draft.KeepBase((int)Register.R1);
        while (_draft.Count < slots && !_draft.Entropy.IsExhausted) TakeStep();
        End();
    }

    private void WriteFunction(int function)
    {
        _draft.Functions.Place(_draft, function);
        _draft.Functions.Begin(function);
        ImmutableArray<AbstractValue> arguments = _draft.Functions[function].Arguments;
        _draft.BeginFrame(_draft.Entropy.Below(FunctionWords + 1), gap: 0, isLeaf: _draft.Entropy.Below(3) != 0);
        int memory = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            _draft.State.Set(i + 1, arguments[i]);
            if (arguments[i].Kind == ValueKind.Memory) memory = i + 1;
        }

        if (memory > 0) _draft.KeepBase(memory);
        for (int steps = _draft.Entropy.Between(2, FunctionSteps); steps > 0 && !_draft.Entropy.IsExhausted; steps--) TakeStep();
        End();
    }

    private void TakeStep()
    {
        _draft.BeginStep();
        StepTable.Take(_draft);
    }

    private void End()
    {
        _draft.Entropy.BeginStep();
        _draft.Blocks.CloseAll();
        ResultSteps.Show(_draft);
        _draft.Return();
    }

    private TestCase Case(ImmutableArray<CaseInput> inputs, GeneratorLimits limits)
    {
        ReadOnlySpan<Instruction> slots = _draft.Slots;
        if (slots.Length > _lines.Length) _lines = [.. new int[2 * slots.Length]];
        return new TestCase
        {
            Name = Name,
            File = string.Empty,
            Program = new BpfProgram(ImmutableArray.Create(slots)),
            Lines = _lines,
            Inputs = inputs,
            Expectation = Expectation.None,
            Groups = limits.Common.Groups,
            Cpu = limits.Common.Cpu,
        };
    }
}
