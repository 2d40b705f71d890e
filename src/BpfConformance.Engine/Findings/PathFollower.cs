using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Ir;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Findings;

/// <summary>Finds out which way a run goes, from a machine that can only be asked for results: at each jump with a condition, a program is run that goes there and answers with the direction.</summary>
internal sealed class PathFollower(IExecutionTarget machine)
{
    private const int MostSteps = 4096;
    private const int MostQuestions = 512;

    private readonly ExperimentRunner _runner = new([machine]);

    /// <summary>As far as the machine goes; <c>null</c>: too far.</summary>
    public ImmutableArray<PathStep>? Follow(PathPrograms programs)
    {
        var steps = ImmutableArray.CreateBuilder<PathStep>();
        var callers = new Stack<int>();
        int questions = 0;
        for (int index = programs.Start; (uint)index < (uint)programs.Code.Length;)
        {
            if (steps.Count == MostSteps || questions == MostQuestions) return null;
            IrInstruction instruction = programs.Code[index];
            bool jumps = false;
            if (instruction.IsConditional())
            {
                questions++;
                if (AskWhetherTaken(programs, steps, instruction) is not { } isTaken) break;
                jumps = isTaken;
            }

            var step = new PathStep(index, instruction, jumps, callers.Count);
            steps.Add(step);
            if (step.IsLast) break;
            if (step.IsCall) callers.Push(index + 1);
            bool leads = jumps || step.IsCall || instruction.First.Opcode is Opcodes.Ja or Opcodes.Ja32;
            index = step.IsExit ? callers.Pop() : leads ? instruction.Target : index + 1;
        }

        return steps.ToImmutable();
    }

    /// <summary><c>null</c>: the machine does not come there.</summary>
    private bool? AskWhetherTaken(PathPrograms programs, IEnumerable<PathStep> before, IrInstruction jump)
    {
        PathBuilder path = programs.NewBuilder();
        foreach (PathStep step in before) path.Add(step);
        path.AddQuestion(jump);
        if (programs.With(path) is not { } question || _runner.Run(question).Runs[0].Observations is not { Count: > 0 } seen) return null;
        Observation answer = seen[seen.Count - 1];
        return answer is { Status: ExecutionStatus.Returned, R0Mask: ulong.MaxValue, R0: 0 or 1 } ? answer.R0 == 1 : null;
    }
}
