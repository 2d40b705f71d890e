using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Domains;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>Calls of local functions.</summary>
internal static class CallSteps
{
    private const int WordBytes = sizeof(ulong);
    private const int MostArguments = 5;

    /// <summary>A call of a new function, or of one that others call too.</summary>
    public static bool Call(ProgramDraft draft)
    {
        DraftFunctions functions = draft.Functions;
        int first = functions.Current + 1;
        if (draft.IsLeaf || !draft.State.MayCall || draft.Rows.MovePointer is null || functions.Depth >= MachineLimits.CallFrames - 1) return false;
        int called = first < functions.Count && (!functions.HasRoom || draft.Entropy.Below(2) == 0)
            ? draft.Entropy.Between(first, functions.Count - 1)
            : functions.HasRoom ? functions.Add(Signature(draft)) : -1;
        if (called < 0) return false;

        ImmutableArray<AbstractValue> arguments = functions[called].Arguments;
        if (draft.Base < 0 && functions[called].TakesMemory) return false;
        for (int i = 0; i < arguments.Length; i++) Hand(draft, i + 1, arguments[i]);
        functions.NoteCall(draft.Emit(draft.Rows.CallLocal, 0), called);
        draft.State.Call();
        draft.State.SetScalar((int)Register.R0, ScalarRange.Unknown);
        return true;
    }

    private static FunctionSignature Signature(ProgramDraft draft)
    {
        var arguments = new AbstractValue[draft.Entropy.Below(MostArguments + 1)];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = draft.Entropy.Below(4) switch
            {
                0 or 1 when draft.Base >= 0 => draft.State[draft.Base],
                2 when draft.State.Words > 0 => AbstractValue.Pointer(ValueKind.CallerStack, WordBytes),
                _ => AbstractValue.Scalar(ScalarRange.Unknown),
            };
        }

        return new FunctionSignature([.. arguments], 0);
    }

    /// <summary>Puts an argument into its register; those of lower numbers hold theirs already.</summary>
    private static void Hand(ProgramDraft draft, int register, in AbstractValue argument)
    {
        switch (argument.Kind)
        {
            case ValueKind.Scalar:
                HandScalar(draft, register);
                break;
            case ValueKind.CallerStack:
                HandWord(draft, register);
                break;
            default:
                draft.CopyPointer(register, draft.Base);
                break;
        }
    }

    private static void HandScalar(ProgramDraft draft, int register)
    {
        uint handed = (1u << register) - 2; // r1 up to the one before
        uint scalars = draft.State.Scalars & ~handed;
        if (scalars == 0 || draft.Entropy.Below(4) == 0)
        {
            draft.SetConstant(register, draft.Immediate());
            return;
        }

        int src = draft.Entropy.BitOf(scalars);
        if (src == register) return;
        draft.State.Touch(src);
        draft.Emit(draft.Rows.MovePointer!, register, src); // a frame that calls has it
        draft.State.SetScalar(register, draft.State[src].Range);
    }

    private static void HandWord(ProgramDraft draft, int register)
    {
        AbstractState state = draft.State;
        int word;
        if (state.Written != 0)
        {
            word = draft.Entropy.BitOf(state.Written);
        }
        else
        {
            word = 0;
            draft.SetConstant(register, draft.Immediate());
            draft.Emit(draft.Rows.WordStore, (int)Register.R10, register, -state.FrameBytes, kind: ValueKind.Stack);
            state.Write(word);
        }

        draft.CopyPointer(register, (int)Register.R10);
        draft.Emit(draft.Rows.AddImmediate, register, immediate: (word * WordBytes) - state.FrameBytes, kind: ValueKind.Stack);
    }
}
