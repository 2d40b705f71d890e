using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>
/// Makes a case as small as it can be while something still holds for it: pass after pass, until none finds more. The same case and the same
/// answers give the same result.
/// </summary>
/// <param name="passes">In the order in which they are gone through: what removes most first.</param>
public sealed class Reducer(ImmutableArray<IReductionPass> passes)
{
    /// <summary>All that there are, for any case.</summary>
    public static Reducer Default { get; } = new(ReductionPasses.All);

    /// <summary>Cases that are put to the test at most.</summary>
    public int Budget { get; init; } = 50_000;

    /// <summary>Told of every case that takes the place of a larger one, and how many were tried until then; <c>null</c>: nobody is.</summary>
    public Action<TestCase, int>? Progress { get; init; }

    /// <param name="test">What it states of results is left out: it does not hold for smaller ones.</param>
    /// <param name="holds">Whether a case shows what this one shows.</param>
    /// <param name="cancellation">Ends it with what was reached.</param>
    public ReductionResult Reduce(TestCase test, Func<TestCase, bool> holds, CancellationToken cancellation)
    {
        TestCase start = test.Unstated();
        if (!holds(start)) return new ReductionResult(test, ReductionEnd.NeverHeld, 0, []);
        TestCase? nothing = BareExits(start).FirstOrDefault(holds);
        return nothing is null
            ? new Search(this, passes, holds, cancellation).Run(start)
            : new ReductionResult(nothing, ReductionEnd.HoldsForNothing, 0, []);
    }

    /// <summary>An exit alone, and one with a result, without which most machines refuse it.</summary>
    private static IEnumerable<TestCase> BareExits(TestCase test)
    {
        var zero = new Instruction(Opcodes.MoveImmediate64, Register.R0, default, 0, 0);
        var exit = new Instruction(Opcodes.Exit, 0, 0, 0);
        TestCase alone = test with { Maps = [], MapLines = [], IsSequence = false, Contention = null, Inputs = [.. test.Inputs.Where(input => input.Step is null).Take(1).Select(input => input with { Program = 0 })] };
        yield return alone.With(alone.Program with { Instructions = [exit], Others = [] });
        yield return alone.With(alone.Program with { Instructions = [zero, exit], Others = [] });
    }

    private sealed class Search(Reducer reducer, ImmutableArray<IReductionPass> passes, Func<TestCase, bool> holds, CancellationToken cancellation)
    {
        private readonly TriedCases _tried = new();
        private readonly int[] _triedBy = new int[passes.Length];
        private readonly int[] _heldBy = new int[passes.Length];
        private int _triedByAll;

        public ReductionResult Run(TestCase start)
        {
            TestCase current = start;
            _tried.Add(start);
            int rounds = 0;
            for (TestCase before = current; ; before = current)
            {
                rounds++;
                for (int pass = 0; pass < passes.Length; pass++) current = Exhaust(pass, current);
                if (ReferenceEquals(before, current) || Stops) break;
            }

            ReductionEnd end = cancellation.IsCancellationRequested ? ReductionEnd.Cancelled
                : _triedByAll >= reducer.Budget ? ReductionEnd.OutOfBudget
                : ReductionEnd.Minimal;
            return new ReductionResult(current, end, rounds, [.. passes.Select((pass, index) => new PassStatistics(pass.Name, _triedBy[index], _heldBy[index]))]);
        }

        private bool Stops => cancellation.IsCancellationRequested || _triedByAll >= reducer.Budget;

        /// <summary>
        /// A candidate that holds is offered anew, from the same place on: what comes before was refused a moment ago, and is looked at again in the next round.
        /// </summary>
        private TestCase Exhaust(int pass, TestCase current)
        {
            for (int place = 0; Next(pass, current, ref place) is { } smaller; current = smaller)
            {
                _heldBy[pass]++;
                reducer.Progress?.Invoke(smaller, _triedByAll);
            }

            return current;
        }

        private TestCase? Next(int pass, TestCase current, ref int place)
        {
            foreach (TestCase candidate in passes[pass].Candidates(current).Skip(place))
            {
                if (Stops) return null;
                if (_tried.Add(candidate))
                {
                    _triedBy[pass]++;
                    _triedByAll++;
                    if (holds(candidate)) return candidate;
                }

                place++;
            }

            return null;
        }
    }
}
