using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>One way to make a case smaller or plainer.</summary>
public interface IReductionPass
{
    string Name { get; }

    /// <summary>
    /// What could stand in the place of a case, the boldest first; each is smaller or plainer, none says what must come of it. They are asked for one
    /// after the other, and what is made of one of them is offered anew.
    /// </summary>
    IEnumerable<TestCase> Candidates(TestCase current);
}
