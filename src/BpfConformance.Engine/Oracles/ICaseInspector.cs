using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Oracles;

/// <summary>Judges a case by more than what its targets have done with it: it asks them again, and so is asked of some cases only.</summary>
public interface ICaseInspector
{
    /// <param name="experiment">The case, and what came of it.</param>
    /// <param name="entropy">By which it chooses, where it does not do all that it could.</param>
    /// <exception cref="TargetException">Trouble of the environment.</exception>
    IEnumerable<Finding> Inspect(Experiment experiment, Entropy entropy);
}
