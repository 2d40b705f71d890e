using BpfConformance.Harnesses.Coverage;
using BpfConformance.Harnesses.Supervision;

namespace BpfConformance.Harnesses;

/// <summary>Gives inputs to a harness, one at a time.</summary>
/// <param name="harness">The harness.</param>
/// <param name="board">Is told; <c>null</c>: nobody watches.</param>
internal sealed class InputRunner(Harness harness, Board? board = null)
{
    public Harness Harness => harness;

    public Board? Board => board;

    /// <returns>What does not hold; <c>null</c>: all does.</returns>
    public PropertyException? Run(ReadOnlySpan<byte> input)
    {
        board?.Begin(input);
        BranchMap.Begin();
        try
        {
            harness.Run(input);
            return null;
        }
        catch (PropertyException failure)
        {
            return failure;
        }
        finally
        {
            board?.End();
        }
    }
}
