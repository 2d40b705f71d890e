namespace BpfConformance.Engine.Targets;

/// <summary>
/// Is told how a verifier follows a program: instruction by instruction along a path, and back to where another begins that has the
/// same start. A run that takes the decisions of a path must be in each state of it, up to where the path is pruned: what is said of
/// another path that was followed further there need not hold for it, as numbers that nothing depended on were not compared.
/// </summary>
public interface IExplorationObserver
{
    /// <summary>Whether it matters what is believed before the next instruction; else it may be left out, up to the next <see cref="Return"/>.</summary>
    bool WantsStates { get; }

    /// <summary>The path goes on with an instruction.</summary>
    /// <param name="pc">Its slot.</param>
    /// <param name="depth">Local calls that have not returned.</param>
    /// <param name="before">The registers of that function before it; all unknown where they are not wanted.</param>
    void Step(int pc, int depth, ReadOnlySpan<BelievedRegister> before);

    /// <summary>The path goes back.</summary>
    /// <param name="length">So many instructions are kept.</param>
    /// <param name="next">The slot of the one that will follow them now.</param>
    /// <param name="splits">Whether it is the one that followed before, and it or what it does parts the states by their values: a run is in one of the parts.</param>
    void Return(int length, int next, bool splits);

    /// <summary>What follows was found to be known already: the path ends before an instruction.</summary>
    /// <param name="pc">Its slot.</param>
    void Prune(int pc);

    /// <summary>It cannot be said which path is followed, up to the next <see cref="Return"/>.</summary>
    void Lose();
}
