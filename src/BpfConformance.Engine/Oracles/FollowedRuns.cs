using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Follows runs along the paths of a verifier.</summary>
/// <param name="runs">All of one program.</param>
internal sealed class FollowedRuns(FollowedRun[] runs) : IExplorationObserver
{
    private int _length;

    public bool WantsStates { get; private set; } = true;

    /// <summary>Whether it was always known which path was followed.</summary>
    public bool IsWhole { get; private set; } = true;

    public void Step(int pc, int depth, ReadOnlySpan<BelievedRegister> before)
    {
        if (WantsStates)
        {
            foreach (FollowedRun run in runs) run.Step(_length, pc, depth, before);
        }

        _length++;
        if (WantsStates) WantsStates = MayAnyGoOn();
    }

    public void Return(int length, int next, bool splits)
    {
        _length = length;
        WantsStates = false;
        foreach (FollowedRun run in runs)
        {
            run.Return(length, splits);
            WantsStates |= run.GoesOn(length, next);
        }
    }

    public void Prune(int pc)
    {
        foreach (FollowedRun run in runs) run.Prune(_length, pc);
    }

    public void Lose() => (IsWhole, WantsStates) = (false, false);

    private bool MayAnyGoOn()
    {
        foreach (FollowedRun run in runs)
        {
            if (run.MayGoOn(_length)) return true;
        }

        return false;
    }
}
